import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** Every shell that a host may have as `sh`. */
export const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].map((words) => ({ shell: words[0] ?? '', words }));

export interface Bench {
  home: string;
  /** A program that the questions find first. */
  install: (name: string, body: string) => string;
  /** What the shell prints for a script on its stdin, up to the end of its output: nobody may hold it open. */
  ask: (words: string[], script: string, environment?: Record<string, string>) => Promise<string>;
}

/** A home of its own, gone with the test: tests that wait for time limits do so side by side, and each has a context of its own. */
export function setUpBench({ onTestFinished }: { onTestFinished: (clean: () => void) => void }): Bench {
  const home = mkdtempSync(join(tmpdir(), 'fleet-facts-'));
  const tools = mkdtempSync(join(tmpdir(), 'fleet-tools-'));
  onTestFinished(() => {
    for (const folder of [home, tools]) rmSync(folder, { recursive: true, force: true });
  });
  return {
    home,
    install(name, body) {
      writeFileSync(join(tools, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(tools, name), 0o755);
      return join(tools, name);
    },
    ask([file = '', ...args], script, environment = {}) {
      const path = [tools, '/usr/bin', '/bin', dirname(process.execPath)].join(delimiter);
      const asked = spawn(file, [...args, '-s'], {
        env: { HOME: home, PATH: path, ...environment },
        stdio: ['pipe', 'pipe', 'ignore'],
      });
      asked.stdin.end(script);
      const chunks: Buffer[] = [];
      asked.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      return new Promise((resolve, reject) => {
        asked.on('error', reject);
        asked.on('close', () => resolve(Buffer.concat(chunks).toString()));
      });
    },
  };
}
