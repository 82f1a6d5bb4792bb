import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { hideForeignPrograms } from '../../src/embedded/install-programs.ts';
import { installMachine } from './machine-setup.ts';
import type { InstalledMachine } from './machine-setup.ts';

const query = 'nvidia-smi --query-gpu=index,name,driver_version,memory.total,mig.mode.current --format=csv,noheader,nounits';

describe.each([
  { name: 'a4000', cards: ['NVIDIA RTX A4000, 550.54.15, 16376, [N/A]'], torch: '2.2.0+cu121', memory: 16_108 },
  {
    name: 'a100x2',
    cards: Array(2).fill('NVIDIA A100 80GB PCIe, 550.54.15, 81920, Disabled') as string[],
    torch: '2.7.1+cu121',
    memory: 81_152,
  },
  {
    name: 'h100x8',
    cards: Array(8).fill('NVIDIA H100 80GB HBM3, 550.54.15, 81559, Disabled') as string[],
    torch: '2.7.1+cu121',
    memory: 81_004,
  },
])('the machine $name', ({ name, cards, torch, memory }) => {
  let machine: InstalledMachine;
  beforeAll(async () => {
    machine = await installMachine(name);
  });

  test('has its cards, and nothing on them', async () => {
    expect(await machine.sh(query)).toMatchObject({
      exitCode: 0,
      stdout: cards.map((card, index) => `${index}, ${card}\n`).join(''),
    });
    expect((await machine.sh('nvidia-smi')).stdout).toContain('No running processes found');
  });

  test('has a PyTorch that sees them', async () => {
    const code =
      'import torch; print(torch.__version__); print(torch.cuda.device_count(), torch.cuda.get_device_properties(0).total_memory)';
    for (const python of ['python', 'python3']) {
      expect((await machine.sh(`${python} -c '${code}'`)).stdout).toBe(`${torch}\n${cards.length} ${memory * 2 ** 20}\n`);
    }
  });
});

describe('the machine cpu', () => {
  let machine: InstalledMachine;
  beforeAll(async () => {
    machine = await installMachine('cpu');
  });

  test('has no accelerator and no tool that would tell of one', async () => {
    // Where the computer has it, a script that finds none stands before it.
    const programs = (await readdir(join(machine.home, 'bin'))).filter((name) => name !== 'journalctl');
    expect(programs).toEqual(['dmesg', 'pip', 'pip3', 'pytest', 'python', 'python3', 'torchrun']);
    expect((await machine.sh('journalctl -k')).exitCode).toBe(127);
    expect(await machine.sh('nvidia-smi')).toMatchObject({ exitCode: 127, stdout: '' });
    const code = 'import torch; print(torch.__version__, torch.version.cuda, torch.cuda.is_available())';
    expect((await machine.sh(`python3 -c '${code}'`)).stdout).toBe('2.2.0+cpu None False\n');
    expect(await machine.sh(`python3 -c 'import torch; torch.randn(100).cuda()'`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^Traceback[^]*\nAssertionError: Torch not compiled with CUDA enabled\n$/) as string,
    });
  });

  test('does not find the tool of a computer that has one', async () => {
    const [bin, computer] = [join(machine.home, 'other-bin'), join(machine.home, 'computer')];
    await mkdir(bin);
    await mkdir(computer);
    await writeFile(join(computer, 'nvidia-smi'), '#!/bin/sh\necho a real one\n', { mode: 0o755 });
    await hideForeignPrograms(bin, ['nvidia-smi', 'rocm-smi'], [computer, join(machine.home, 'nothing')]);
    expect(await readdir(bin)).toEqual(['nvidia-smi']);
    expect(await machine.sh(`PATH=${bin}:${computer}:$PATH; nvidia-smi`)).toEqual({
      exitCode: 127,
      stdout: '',
      stderr: 'sh: nvidia-smi: command not found\n',
    });
    await hideForeignPrograms(bin, ['nvidia-smi'], []);
    expect(await readdir(bin)).toEqual([]);
  });
});

test('the demo inventory has a machine without accelerators', async () => {
  expect(await readFile(join(import.meta.dirname, '../../inventories/demo.yaml'), 'utf8')).toMatch(
    /demo-cpu:\n +description: .*\n +embedded: cpu\n(?! +accelerators)/,
  );
});
