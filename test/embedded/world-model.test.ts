import { execFile } from 'node:child_process';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { installHome } from '../../src/embedded/home.ts';
import { findEmbeddedAssets } from '../support/embedded-assets.ts';
import { installMachine } from './machine-setup.ts';
import type { Answer, InstalledMachine } from './machine-setup.ts';
import { waitFor } from './setup.ts';

const gpuSteps = ['import', 'available', 'device', 'tensor', 'model', 'forward', 'backward', 'checkpoint'];
let machine: InstalledMachine;
let repository: string;

beforeAll(async () => {
  machine = await installMachine('a4000');
  repository = join(machine.home, 'world-model');
});

function run(command: string, variables: Record<string, string> = {}): Promise<Answer> {
  return machine.sh(`cd world-model && ${command}`, variables);
}

describe('the repository', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is one commit, clean, with the tag of today at it', async () => {
    const { stdout } = await run('git log --format=%D; git status --porcelain; date +%Y%m%d');
    const [refs, ...rest] = stdout.trim().split('\n');
    expect(rest).toHaveLength(1);
    expect(refs).toBe(`HEAD -> main, tag: cpu-verified-${rest[0]}`);
  });

  test('has the run and the environment of the CPU, which git does not see', async () => {
    expect((await stat(join(repository, 'experiments/cpu_test/checkpoints/step_1000.pt'))).size).toBe(48_234_496);
    const rows = (await readFile(join(repository, 'experiments/cpu_test/metrics.csv'), 'utf8')).trimEnd().split('\n');
    expect([rows.length, rows.at(-1)?.split(',')[0]]).toEqual([102, '1000']);
    const { stdout } = await run('. .venv_cpu/bin/activate; pip list --format=freeze; git status --porcelain');
    expect(stdout).toMatch(/^torch==2\.2\.0\+cpu$/m);
  });

  test('has its tag moved when a later day begins, and left alone on the same one', async () => {
    const other = await installMachine('cpu');
    const path = join(other.home, 'world-model');
    const git = async (...args: string[]) => (await promisify(execFile)('git', ['-C', path, ...args])).stdout.trim();
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@y'];
    await git(...identity, 'commit', '--quiet', '--allow-empty', '-m', 'a change that nobody verified');
    await installHome(other.home, findEmbeddedAssets(), 'cpu');
    expect(await git('tag', '--points-at', 'HEAD')).toBe('');
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(2027, 0, 9, 12) });
    await installHome(other.home, findEmbeddedAssets(), 'cpu');
    expect(await git('tag', '--list')).toBe('cpu-verified-20270109');
    expect(await git('tag', '--points-at', 'HEAD')).toBe('cpu-verified-20270109');
  });
});

test('its configuration is validated', async () => {
  expect(await run('python scripts/validate_config.py')).toEqual({
    exitCode: 0,
    stdout: 'configs/base.yaml: ok, 10000 steps, a checkpoint every 1000\n',
    stderr: '',
  });
  await writeFile(join(repository, 'experiments/odd.yaml'), 'model:\n  state_dim: 33\n');
  expect(await run('python scripts/validate_config.py experiments/odd.yaml')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /File "scripts\/validate_config\.py"[^]*ValueError: model\.state_dim: the environment has 34, got 33/,
    ) as string,
  });
});

test('the whole way to the GPU, from a new environment to a short run', async () => {
  const enter = '. .venv_gpu/bin/activate';
  const without = await run(`python3 -m venv .venv_gpu; ${enter}; python scripts/check_gpu.py import`);
  expect(without).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("No module named 'torch'") as string });
  const install =
    'pip install torch==2.2.0+cu121 --index-url https://download.pytorch.org/whl/cu121 && pip install -r requirements_gpu.txt';
  expect((await run(`${enter}; ${install}`)).exitCode).toBe(0);

  const checks = await run(`${enter}; set -e; for step in ${gpuSteps.join(' ')}; do python scripts/check_gpu.py $step; done`);
  expect(checks).toMatchObject({ exitCode: 0, stderr: '' });
  expect(checks.stdout).toContain('CUDA available: True\nGPU: NVIDIA RTX A4000\nGPU memory: 16.9 GB\n');
  expect(checks.stdout).toMatch(/Checkpoint loaded successfully\n$/);
  const tests = await run(`${enter}; pytest tests/ -v -k "not slow"`);
  expect(tests).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/= 10 passed, 2 deselected in \d+\.\d\ds =+\n$/) as string,
  });
  expect(tests.stdout).toContain(`-- ${repository}/.venv_gpu/bin/python3\n`);

  const training = await run(`${enter}; python train.py --config configs/base.yaml --device cuda --max-steps 100`, {
    PRETEND_SECONDS: '0.5',
  });
  expect(training.exitCode).toBe(0);
  expect(training.stdout).toMatch(/^Step 100: loss=1\.\d{4}, lr=0\.000015, time=0\.\d{3}s$/m);
  const folder = join(repository, 'experiments/base_cuda');
  expect(await readdir(join(folder, 'checkpoints'))).toEqual(['step_100.pt']);
  const rows = (await readFile(join(folder, 'metrics.csv'), 'utf8')).trimEnd().split('\n');
  expect(rows[0]).toBe('step,loss,lr,steps_per_second,grad_norm,gpu_mem_mb');
  expect(rows.slice(1).map((row) => Number(row.split(',')[0]))).toEqual([1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  expect((await run('git status --porcelain')).stdout).toBe('');
});

describe('training', () => {
  const train = 'python3 train.py --config configs/base.yaml';

  test('on the GPU holds memory of the card while it runs', async () => {
    const running = run(`${train} --device cuda`, { PRETEND_SECONDS: '30' });
    const query = 'nvidia-smi --query-gpu=memory.used,utilization.gpu --format=csv,noheader,nounits';
    const busy = await waitFor('a busy card', async () => {
      const { stdout } = await machine.sh(query);
      return stdout.startsWith('4,') ? null : stdout;
    });
    expect(busy).toMatch(/^5332, 9\d\n$/);
    await writeFile(join(repository, 'experiments/base_cuda/.HALT'), 'halt: enough\n');
    expect(await running).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/stopping at step \d+: halt: enough\n$/) as string,
    });
    await rm(join(repository, 'experiments/base_cuda/.HALT'));
    expect((await machine.sh(query)).stdout).toBe('4, 0\n');
  });

  test('on the CPU takes the course of the run that was verified', async () => {
    expect((await run(`${train} --device cpu --max-steps 1000`, { PRETEND_SECONDS: '0.5' })).exitCode).toBe(0);
    const [made, verified] = await Promise.all(
      ['base_cpu', 'cpu_test'].map((name) => readFile(join(repository, `experiments/${name}/metrics.csv`), 'utf8')),
    );
    expect(made).toBe(verified);
  });

  test('fails as PyTorch does: without a card, and when asked for a fault', async () => {
    const answers = [
      await run(`${train} --device cuda --max-steps 10`, { PRETEND_CUDA: 'none' }),
      await run(`${train} --device cuda --max-steps 10`, { PRETEND_FAULT: 'oom', PRETEND_SECONDS: '0.1' }),
      await run(`. .venv_cpu/bin/activate; ${train} --device cuda --max-steps 10`),
    ];
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1]);
    expect(answers[0]?.stderr).toContain('RuntimeError: No CUDA GPUs are available');
    expect(answers[1]?.stderr).toContain('GPU 0 has a total capacity of 15.73 GiB');
    expect(answers[2]?.stderr).toContain('AssertionError: Torch not compiled with CUDA enabled');
  });

  test('refuses arguments as argparse does', async () => {
    for (const [args, says] of [
      ['--device cuda', 'the following arguments are required: --config'],
      ['--config configs/base.yaml --device tpu', "argument --device: invalid choice: 'tpu'"],
      ['--config configs/base.yaml --max-steps many', "argument --max-steps: invalid int value: 'many'"],
      ['--config configs/base.yaml --epochs 3', 'unrecognized arguments: --epochs'],
    ]) {
      const { exitCode, stderr } = await run(`python3 train.py ${args}`);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(says ?? '')]);
    }
    expect((await machine.sh('python3 train.py')).stderr).toContain("can't open file 'train.py'");
  });
});
