import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepCurrent } from './atomic-file.ts';
import { requireMachine } from './machines.ts';
import type { Machine } from './machines.ts';

/** Where a pretend program finds itself. */
export interface OwnMachine {
  machine: Machine;
  /** `~/.pretend`: what the programs of this machine share. */
  pretendDir: string;
  home: string;
  bin: string;
}

/** `pretendDir` is where `nameOwnMachine` has left the name of the machine. */
export function findOwnMachine(pretendDir: string): OwnMachine {
  const home = join(pretendDir, '..');
  const machine = requireMachine(readFileSync(fileOf(pretendDir), 'utf8').trim());
  return { machine, pretendDir, home, bin: join(home, 'bin') };
}

export async function nameOwnMachine(pretendDir: string, name: string): Promise<void> {
  await keepCurrent(fileOf(pretendDir), `${name}\n`, 0o644);
}

function fileOf(pretendDir: string): string {
  return join(pretendDir, 'machine');
}
