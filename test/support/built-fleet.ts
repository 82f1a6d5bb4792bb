import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgramRoot } from './program-root.ts';

const timeLimitMs = 30_000;

export interface Answered {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface BuiltFleet {
  /** Holds bin/fleet.js, dist, and the shipped inventories and playbooks. */
  root: string;
  bin: string;
  /** Runs one command line as a process of its own, with an empty home of its own unless `env` says otherwise. */
  run(args: readonly string[], options?: { env?: Record<string, string>; cwd?: string }): Promise<Answered>;
  remove(): Promise<void>;
}

/** The program as built for this test run, with an empty home of its own for the tests of one file: call it in `beforeAll`. */
export async function openBuiltFleet(): Promise<BuiltFleet> {
  const home = await mkdtemp(join(tmpdir(), 'fleet-home-'));
  const root = findProgramRoot();
  const bin = join(root, 'bin/fleet.js');
  return {
    root,
    bin,
    run: (args, { env = {}, cwd = root } = {}) =>
      runProcess(process.execPath, [bin, ...args], { cwd, env: { PATH: process.env['PATH'] ?? '', HOME: home, ...env } }),
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

export function runProcess(
  program: string,
  args: readonly string[],
  options: { cwd: string; env: Record<string, string> },
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeLimitMs,
      killSignal: 'SIGKILL',
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** The one JSON document on stdout; fails when there is anything else. */
export function readDocument(answered: Answered): Record<string, unknown> {
  return JSON.parse(answered.stdout) as Record<string, unknown>;
}
