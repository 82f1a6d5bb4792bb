import { spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { onTestFinished } from 'vitest';
import { makeFolder } from './setup.ts';

export interface Child {
  pid: number;
  /** The next line that it prints, as JSON; null when it has ended. */
  read(): Promise<unknown>;
  /** Opens the gate that it waits at. */
  go(): void;
  /** A line for it, as JSON. */
  tell(what: unknown): void;
  kill(): void;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

const modules = resolve('node_modules');

/** A script of test/store/children as one file that plain Node runs, with these modules beside it. */
export function bundleChild(name: string, nodeModules: string = modules): string {
  return bundleScript(resolve('test/store/children', `${name}.ts`), nodeModules);
}

export function bundleScript(entry: string, nodeModules: string = modules): string {
  const folder = makeFolder();
  symlinkSync(nodeModules, join(folder, 'node_modules'));
  const outfile = join(folder, 'child.mjs');
  buildSync({
    ...{ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', loader: { '.sh': 'text' } },
    external: ['better-sqlite3', 'ssh2', 'typescript', 'ts-node'],
    // What bundled modules of the old kind expect to find.
    banner: { js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return outfile;
}

/** Ended with the test at the latest. `command` is what runs it, Node alone when not given. */
export function startChild(script: string, words: string[], command: string[] = [process.execPath]): Child {
  const [program = process.execPath, ...before] = command;
  const started = spawn(program, [...before, script, ...words], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | string>((settle) => {
    started.on('close', (code, signal) => {
      settle(code ?? signal ?? 'unknown');
    });
  });
  onTestFinished(async () => {
    started.kill('SIGKILL');
    await ended;
  });
  // The child may be gone before it reads.
  started.stdin.on('error', () => undefined);
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]();
  return {
    pid: started.pid ?? 0,
    read: async () => {
      const line = await lines.next();
      return line.done === true ? null : (JSON.parse(line.value) as unknown);
    },
    go: () => started.stdin.write('go\n'),
    tell: (what) => started.stdin.write(`${JSON.stringify(what)}\n`),
    kill: () => started.kill('SIGKILL'),
    ended,
  };
}
