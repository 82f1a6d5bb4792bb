import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { installMachine } from './machine-setup.ts';
import type { InstalledMachine } from './machine-setup.ts';

const apps = 'nvidia-smi --query-compute-apps=pid,process_name,used_memory --format=csv,noheader';
let machine: InstalledMachine;

beforeAll(async () => {
  machine = await installMachine('a4000');
});

test('a process that holds a card is listed with its memory, until it is killed', async () => {
  const program = join(machine.home, 'bin/hold-gpu');
  const holder = spawn(program, ['0', '2048'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(holder, 'exit');
  const [said] = (await once(holder.stdout, 'data')) as [Buffer];
  expect(said.toString()).toBe(`pid ${holder.pid} holds 2048 MiB of card 0 for 600 s\n`);
  holder.kill('SIGHUP');
  expect((await machine.sh(apps)).stdout).toBe(`${holder.pid}, ${program}, 2048 MiB\n`);
  const used = 'nvidia-smi --query-gpu=memory.used --format=csv,noheader';
  expect((await machine.sh(used)).stdout).toBe('2052 MiB\n');
  holder.kill('SIGTERM');
  expect(await ended).toEqual([null, 'SIGTERM']);
  expect((await machine.sh(apps)).stdout).toBe('');
});

test('it ends by itself when its time is up', async () => {
  expect(await machine.sh('hold-gpu 0 1 1')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('for 1 s') as string });
});

test('what no card has is refused', async () => {
  for (const [args, says] of [
    ['', 'usage: hold-gpu CARD MEMORY_MIB [SECONDS]'],
    ['1 2048', 'hold-gpu: CARD: expected 0 to 0, got "1"'],
    ['0 16377', 'hold-gpu: MEMORY_MIB: expected 1 to 16376, got "16377"'],
    ['0 1 0', 'hold-gpu: SECONDS: expected 1 to 3600, got "0"'],
  ]) {
    expect(await machine.sh(`hold-gpu ${args}`)).toEqual({ exitCode: 2, stdout: '', stderr: `${says}\n` });
  }
});
