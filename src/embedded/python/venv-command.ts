import { realpathSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { PretendFailure } from '../training/failure.ts';
import type { Interpreter } from './interpreter.ts';
import { makeVenv } from './venv.ts';

/** `python3 -m venv [--clear] FOLDER...` */
export function runVenv(args: string[], { program, version }: Interpreter): void {
  const folders = args.filter((arg) => !arg.startsWith('-'));
  const unknown = args.find((arg) => arg.startsWith('-') && !['--clear', '--upgrade-deps'].includes(arg));
  if (unknown !== undefined || folders.length === 0) {
    const problem =
      unknown === undefined ? 'the following arguments are required: ENV_DIR' : `unrecognized arguments: ${unknown}`;
    throw new PretendFailure(`usage: venv [-h] [--clear] [--upgrade-deps] ENV_DIR [ENV_DIR ...]\nvenv: error: ${problem}`, 2);
  }
  for (const folder of folders) {
    if (args.includes('--clear')) rmSync(resolve(folder), { recursive: true, force: true });
    makeVenv(resolve(folder), realpathSync(program), version);
  }
}
