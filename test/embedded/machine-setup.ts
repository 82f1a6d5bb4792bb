import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { makeCommandEnvironment } from '../../src/embedded/environment.ts';
import { installHome } from '../../src/embedded/home.ts';
import { findEmbeddedAssets } from '../support/embedded-assets.ts';

export interface Answer {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** The home of a machine, with what its host would run there; no host is started. */
export interface InstalledMachine {
  home: string;
  /** A command line in the home, as a session of the host would run it, with more variables. */
  sh(command: string, variables?: Record<string, string>): Promise<Answer>;
  writeFaults(text: string): Promise<void>;
}

/** Removed when the tests of the file have ended. */
export async function installMachine(name: string): Promise<InstalledMachine> {
  const home = await mkdtemp(join(tmpdir(), `fleet-${name}-`));
  afterAll(() => rm(home, { recursive: true, force: true }));
  await installHome(home, findEmbeddedAssets(), name);
  return {
    home,
    sh: (command, variables = {}) => runShell(command, home, makeCommandEnvironment(home, variables, new Map())),
    writeFaults: (text) => writeFile(join(home, '.pretend/faults'), text),
  };
}

function runShell(command: string, cwd: string, env: Record<string, string>): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile('/bin/sh', ['-c', command], { cwd, env, timeout: 30_000 }, (_error, stdout, stderr) => {
      resolve({ exitCode: child.exitCode, stdout, stderr });
    });
  });
}
