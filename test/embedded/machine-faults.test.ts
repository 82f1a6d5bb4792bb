import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readProcessStart } from '../../src/embedded/process-start.ts';
import { installMachine } from './machine-setup.ts';
import type { InstalledMachine } from './machine-setup.ts';
import { hangingTitle } from '../../src/embedded/training/hang.ts';
import { waitFor } from './setup.ts';

const query =
  'nvidia-smi --query-gpu=index,memory.used,utilization.gpu,temperature.gpu,power.draw,mig.mode.current --format=csv,noheader,nounits';
const cudaIsThere = `python3 -c 'import torch; print(torch.cuda.is_available())'`;
let machine: InstalledMachine;

beforeAll(async () => {
  machine = await installMachine('a100x2');
});

describe('PRETEND_SMI', () => {
  test.each([
    ['no-driver', 9, /^NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver\. Make sure/],
    ['mismatch', 18, /^Failed to initialize NVML: Driver\/library version mismatch\nNVML library version: 550\.54\n$/],
    ['no-devices', 6, /^No devices were found\n$/],
    ['lost', 15, /^Unable to determine the device handle for GPU0000:CA:00\.0: Unknown Error\n0, 4, 0, 33, 46\.00, Disabled\n$/],
    ['lost@0', 15, /^Unable to determine the device handle for GPU0000:17:00\.0: Unknown Error\n1, 4, .*\n$/],
    ['old-driver', 2, /^Field "mig\.mode\.current" is not a valid field to query\.\n\n$/],
    ['unknown', 0, /^0, 4, 0, 33, 46\.00, Disabled\n1(, \[Unknown Error\]){4}, Disabled\n$/],
    ['mig', 0, /^0, 4, \[N\/A\], 33, 46\.00, Enabled\n1, 4, \[N\/A\], 33, 46\.00, Enabled\n$/],
  ])('%s: exit %i', async (PRETEND_SMI, exitCode, says) => {
    const answer = await machine.sh(query, { PRETEND_SMI });
    expect(answer).toEqual({ exitCode, stdout: expect.stringMatching(says) as string, stderr: '' });
  });

  test('lost: the other cards stay in the table and in the list', async () => {
    const table = await machine.sh('nvidia-smi', { PRETEND_SMI: 'lost' });
    expect(table.exitCode).toBe(15);
    expect(table.stdout).toMatch(/^Unable to determine.*\n[^]*\| {3}0 {2}NVIDIA A100/);
    expect(table.stdout).not.toContain('|   1  NVIDIA A100');
    expect((await machine.sh('nvidia-smi -L', { PRETEND_SMI: 'lost' })).stdout).toMatch(/^Unable.*\nGPU 0: .*\n$/);
  });

  test('unknown: the table says ERR!', async () => {
    const { stdout } = await machine.sh('nvidia-smi', { PRETEND_SMI: 'unknown@0' });
    expect(stdout).toContain('|ERR!  ERR!    P0            ERR! /  300W |');
  });

  test('mig: slices are listed under their card', async () => {
    const { stdout } = await machine.sh('nvidia-smi -L', { PRETEND_SMI: 'mig' });
    const slice = String.raw`  MIG 3g\.40gb     Device  [01]: \(UUID: MIG-[0-9a-f-]{36}\)\n`;
    expect(stdout).toMatch(new RegExp(String.raw`^(GPU [01]: NVIDIA A100 80GB PCIe \(UUID: GPU-.*\)\n(${slice}){2}){2}$`));
    expect((await machine.sh('nvidia-smi', { PRETEND_SMI: 'mig' })).stdout).toMatch(
      /MIG devices:[^]*\| {2}1 {4}2 {3}0 {3}1 {2}\|/,
    );
  });

  test('hang: no answer, until KILL', async () => {
    const child = spawn(join(machine.home, 'bin/nvidia-smi'), ['-L'], {
      env: { PRETEND_SMI: 'hang' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    await waitFor('a process that heeds no TERM', () => isHanging(child.pid ?? 0));
    child.kill('SIGTERM');
    expect(readProcessStart(child.pid ?? 0)).not.toBeNull();
    child.kill('SIGKILL');
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  test('with a word that it does not know is refused, with those it knows', async () => {
    for (const PRETEND_SMI of ['hnag', 'mig@1', 'lost@x', 'constructor']) {
      expect(await machine.sh('nvidia-smi', { PRETEND_SMI })).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: `PRETEND_SMI: unknown fault "${PRETEND_SMI}", expected one of hang, lost[@CARD], no-driver, mismatch, no-devices, old-driver, unknown[@CARD], mig\n`,
      });
    }
    expect(await machine.sh('nvidia-smi', { PRETEND_SMI: 'lost@2' })).toMatchObject({
      exitCode: 2,
      stderr: 'PRETEND_SMI: expected a card from 0 to 1, got "lost@2"\n',
    });
  });
});

test('PRETEND_DRIVER is the driver in every answer', async () => {
  const variables = { PRETEND_DRIVER: '535.104.05' };
  expect((await machine.sh('nvidia-smi --query-gpu=driver_version --format=csv,noheader -i 0', variables)).stdout).toBe(
    '535.104.05\n',
  );
  expect((await machine.sh('nvidia-smi', variables)).stdout).toContain('Driver Version: 535.104.05   CUDA Version: 12.2 ');
  expect(await machine.sh('nvidia-smi', { PRETEND_DRIVER: 'new' })).toMatchObject({ exitCode: 2, stdout: '' });
});

test.each([{ PRETEND_CUDA: 'none' }, { PRETEND_SMI: 'no-driver' }, { PRETEND_SMI: 'mismatch' }, { PRETEND_DRIVER: '470.57.02' }])(
  '%o: PyTorch finds no card',
  async (variables) => {
    expect((await machine.sh(cudaIsThere, variables)).stdout).toBe('False\n');
    const name = await machine.sh(`python3 -c 'import torch; print(torch.cuda.get_device_name(0))'`, variables);
    expect(name).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/RuntimeError: No CUDA GPUs are available\n$/) as string,
    });
  },
);

describe('the file of faults', () => {
  test('asks for what the environment does not ask for', async () => {
    await machine.writeFaults('# a bad day\n\nPRETEND_DRIVER=535.104.05\nPRETEND_CUDA=none\n');
    const driver = 'nvidia-smi --query-gpu=driver_version --format=csv,noheader -i 0';
    expect((await machine.sh(driver)).stdout).toBe('535.104.05\n');
    expect((await machine.sh(driver, { PRETEND_DRIVER: '545.23.06' })).stdout).toBe('545.23.06\n');
    expect((await machine.sh(cudaIsThere)).stdout).toBe('False\n');
    await machine.writeFaults('');
    expect((await machine.sh(cudaIsThere)).stdout).toBe('True\n');
  });

  test('with anything else is refused, naming the line', async () => {
    await machine.writeFaults('PRETEND_CUDA=none\nPATH=/x\n');
    expect(await machine.sh('nvidia-smi')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('.pretend/faults: line 2: expected PRETEND_NAME=value, got "PATH=/x"') as string,
    });
    await machine.writeFaults('');
  });
});

async function isHanging(pid: number): Promise<boolean> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).startsWith(hangingTitle);
}
