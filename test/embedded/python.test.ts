import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { installMachine } from './machine-setup.ts';
import type { InstalledMachine } from './machine-setup.ts';

const torchIndex = '--index-url https://download.pytorch.org/whl/cu121';
let machine: InstalledMachine;

beforeAll(async () => {
  machine = await installMachine('a4000');
});

describe('pip', () => {
  test('lists the packages of the machine, in each format', async () => {
    const freeze = await machine.sh('python3 -m pip list --format=freeze --disable-pip-version-check');
    expect(freeze.stdout).toMatch(
      /^numpy==1\.26\.4\nomegaconf==2\.3\.0\npip==24\.0\n[^]*tensorboard==2\.17\.0\ntorch==2\.2\.0\+cu121\n/,
    );
    const json = JSON.parse((await machine.sh('pip list --format json')).stdout) as unknown;
    expect(json).toContainEqual({ name: 'torch', version: '2.2.0+cu121' });
    expect((await machine.sh('pip list')).stdout).toMatch(/^Package +Version\n-+ -+\nnumpy +1\.26\.4\n/);
  });

  test('shows packages by any spelling of their names', async () => {
    const { stdout } = await machine.sh('python3 -m pip show Torch pyyaml');
    expect(stdout).toMatch(/^Name: torch\nVersion: 2\.2\.0\+cu121\n[^]*\n---\nName: PyYAML\n[^]*Required-by: omegaconf\n$/);
    const some = await machine.sh('python3 -m pip show torch jax');
    expect(some).toMatchObject({ exitCode: 0, stderr: 'WARNING: Package(s) not found: jax\n' });
    expect(await machine.sh('python3 -m pip show jax')).toMatchObject({ exitCode: 1, stdout: '' });
  });

  test('installs nothing outside a virtual environment, and refuses what it does not know', async () => {
    expect(await machine.sh('pip install numpy')).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: externally-managed-environment\n/) as string,
    });
    expect((await machine.sh('pip instal numpy')).stderr).toBe('ERROR: unknown command "instal"\n');
    expect(await machine.sh('pip list --formt=json')).toMatchObject({ exitCode: 2 });
  });
});

describe('code on the command line', () => {
  const run = (code: string, variables = {}) => machine.sh(`python3 -c "${code}"`, variables);

  test('tells of the card, and moves a tensor to it', async () => {
    const card =
      'import torch; print(torch.cuda.get_device_name(0)); print(torch.cuda.get_device_properties(0).total_memory / 1e9)';
    expect((await run(card)).stdout).toBe('NVIDIA RTX A4000\n16.890462208\n');
    for (const code of ["torch.randn(100).to('cuda')", 'x = torch.randn(100).cuda()', "torch.zeros(100, device='cuda')"]) {
      expect(await run(`import torch; ${code}`)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
      expect((await run(`import torch; ${code}`, { PRETEND_CUDA: 'none' })).stderr).toMatch(
        /RuntimeError: No CUDA GPUs are available\n$/,
      );
    }
    expect(await run('import torch; x = torch.randn(100)', { PRETEND_CUDA: 'none' })).toMatchObject({ exitCode: 0 });
  });

  test('imports what is installed, and is refused where it is not known', async () => {
    expect(await run('import numpy, yaml; import tensorboard')).toMatchObject({ exitCode: 0, stderr: '' });
    for (const code of ['import secrets', 'import torch; torch.load(1)', 'print(torch.backends)']) {
      expect(await run(code)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`cannot run: -c ${code}\n`) as string,
      });
    }
  });
});

describe('a virtual environment', () => {
  test('once activated, is where python, pip and their packages are found', async () => {
    const made = await machine.sh('python3 -m venv .venv_a');
    expect(made).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const look = 'command -v python3; echo $VIRTUAL_ENV; pip list --format=freeze';
    for (const shell of ['sh', 'bash', 'dash', 'busybox sh']) {
      const { stdout } = await machine.sh(`${shell} -euc '. .venv_a/bin/activate; ${look}; deactivate; command -v python3'`);
      const venv = join(machine.home, '.venv_a');
      expect([shell, stdout]).toEqual([
        shell,
        `${venv}/bin/python3\n${venv}\npip==24.0\nsetuptools==65.5.0\n${machine.home}/bin/python3\n`,
      ]);
    }
  });

  test('has no PyTorch until it is installed, in the build that was asked for', async () => {
    const enter = 'test -d .venv_b || python3 -m venv .venv_b; . .venv_b/bin/activate';
    const version = `python3 -c 'import torch; print(torch.__version__, torch.cuda.is_available())'`;
    expect(await machine.sh(`${enter}; ${version}`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^Traceback[^]*ModuleNotFoundError: No module named 'torch'\n$/) as string,
    });
    const wrongIndex = await machine.sh(`${enter}; pip install torch==2.2.0+cu121`);
    expect(wrongIndex).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('No matching distribution found') as string,
    });

    const installed = await machine.sh(`${enter}; pip install torch==2.2.0+cu121 ${torchIndex}`);
    expect(installed).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/\nSuccessfully installed torch-2\.2\.0\+cu121\n$/) as string,
    });
    expect((await machine.sh(`${enter}; ${version}`)).stdout).toBe('2.2.0+cu121 True\n');
    const again = await machine.sh(`${enter}; pip install torch==2.2.0+cu121 ${torchIndex}`);
    expect(again.stdout).toMatch(/Requirement already satisfied: torch==2\.2\.0\+cu121 in .*site-packages \(2\.2\.0\+cu121\)\n$/);
    const older = await machine.sh(`${enter}; pip install torch==2.2.0+cpu --index-url https://download.pytorch.org/whl/cpu`);
    expect(older.stdout).toContain('Found existing installation: torch 2.2.0+cu121\n');
    expect((await machine.sh(`${enter}; ${version}`)).stdout).toBe('2.2.0+cpu False\n');
    expect((await machine.sh(version)).stdout).toBe('2.2.0+cu121 True\n');
  });

  test('gets what a file of requirements names, and what that needs', async () => {
    await machine.sh(`printf '# tools\\nomegaconf>=2.1\\n\\npytest==8.2.2 # tests\\n' >wanted.txt; python3 -m venv .venv_c`);
    const { stdout } = await machine.sh('.venv_c/bin/pip install -r wanted.txt');
    expect(stdout).toMatch(/Collecting omegaconf>=2\.1\n[^]*Collecting PyYAML \(from omegaconf>=2\.1\)\n/);
    expect(await readFile(join(machine.home, '.venv_c/pretend-packages.txt'), 'utf8')).toBe(
      'pip==24.0\nsetuptools==65.5.0\nomegaconf==2.3.0\npytest==8.2.2\nPyYAML==6.0.1\n',
    );
    for (const [file, says] of [
      ['nothing.txt', "Could not open requirements file: [Errno 2] No such file or directory: 'nothing.txt'"],
      ['odd.txt', 'No matching distribution found for leftpad==1'],
    ]) {
      await machine.sh('echo leftpad==1 >odd.txt');
      expect(await machine.sh(`.venv_c/bin/pip install -r ${file}`)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining(says ?? '') as string,
      });
    }
  });
});
