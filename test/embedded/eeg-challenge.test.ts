import { access, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { installMachine } from './machine-setup.ts';
import type { Answer, InstalledMachine } from './machine-setup.ts';
import { waitFor } from './setup.ts';

const launcher = 'sh scripts/launch_challenge2_rocm_optimized.sh';
const onCpu = `CUDA_VISIBLE_DEVICES="" HIP_VISIBLE_DEVICES="" ${launcher} --batch-size 32 --num-workers 4`;
const hasPython = await access('/usr/bin/python3').then(
  () => true,
  () => false,
);
let machine: InstalledMachine;
let repository: string;

beforeAll(async () => {
  machine = await installMachine('rx5600xt');
  repository = join(machine.home, 'eeg-challenge');
});

function run(command: string, variables: Record<string, string> = {}): Promise<Answer> {
  return machine.sh(`cd eeg-challenge && ${command}`, { PRETEND_SECONDS: '0.5', PRETEND_MAX_SECONDS: '25', ...variables });
}

describe('the repository', () => {
  test('has the documents, which the README names, and the cache, which git does not see', async () => {
    const readme = await readFile(join(repository, 'README.md'), 'utf8');
    for (const path of ['docs/model_control_plane.md', 'docs/rocm_troubleshooting.md']) {
      expect(readme).toContain(path);
      await access(join(repository, path));
    }
    expect(await readFile(join(repository, 'ROCM_STATUS_SUMMARY.md'), 'utf8')).toContain('CPU fallback handler: tested');
    expect(await readdir(join(repository, 'data/hdf5_cache'))).toEqual(['R1_windows.h5', 'R2_windows.h5']);
    expect((await run('git status --porcelain')).stdout).toBe('');
  });

  test('has a health check that passes, warns and fails', async () => {
    const healthy = await run('HIP_VISIBLE_DEVICES=0 sh scripts/check_rocm_health.sh');
    expect(healthy).toMatchObject({ exitCode: 0, stderr: '' });
    expect(healthy.stdout).toContain('PASS: PyTorch 2.5.1+rocm6.2 sees a GPU\n');
    expect(healthy.stdout).toContain('WARN: gfx1010 is not supported by ROCm: the first batch may fault\n');
    expect(healthy.stdout).toContain('PASS: HIP_VISIBLE_DEVICES is set\nWARN: HIPBLAS_WORKSPACE_CONFIG is not set\n');
    const ill = await run('sh scripts/check_rocm_health.sh', { PRETEND_ROCM: 'no-module' });
    expect(ill.exitCode).toBe(1);
    expect(ill.stdout).toContain('FAIL: rocminfo sees no GPU agent\nWARN: PyTorch 2.5.1+rocm6.2 sees no GPU\n');
  });
});

describe('training on the GPU', () => {
  test('is aborted in the first batch, with what the runtime prints', async () => {
    const { stdout, stderr } = await run(`${launcher} --batch-size 8; echo exit $?`);
    expect(stdout).toContain('CUDA available: True\nGPU 0: AMD Radeon RX 5600 XT\n  Memory: 6.0 GB\n');
    expect(stdout).toMatch(/Processing first batch\.\.\.\nexit 134\n$/);
    expect(stderr).toContain('Attempting to use hipBLASLt on an unsupported architecture! Overriding blas backend to hipblas');
    expect(stderr).toMatch(
      /rocdevice\.cpp .* aborting with error : HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION: The agent attempted .* code: 0x29\nAborted \(core dumped\)\n/,
    );
  });

  test('falls back by itself when asked to', async () => {
    const { exitCode, stdout } = await run(`${launcher} --max-epochs 2`, { PRETEND_FAULT: 'self-fallback' });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/ROCm GPU error detected: .*\n.*CPU fallback ready\n\nEpoch 1\/2\n/);
    expect(stdout).toContain('Training completed successfully!');
  });

  test('holds the card while it goes on, where the GPU works', async () => {
    const running = run(`${launcher} --max-epochs 2`, { PRETEND_FAULT: 'gpu-works', PRETEND_SECONDS: '20' });
    await waitFor('a busy card', async () => (await machine.sh('rocm-smi --showuse')).stdout.includes('GPU use (%): 97'));
    expect(await running).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Training completed successfully!') as string,
    });
    expect((await machine.sh('rocm-smi --showuse')).stdout).toContain('GPU use (%): 0');
  });
});

describe('training on the CPU', () => {
  test('goes to the end: epochs, a loss that falls, a checkpoint each, and a log of its own', async () => {
    await rm(join(repository, 'checkpoints'), { recursive: true, force: true });
    const { exitCode, stdout, stderr } = await run(`${onCpu} --max-epochs 3 --note "CPU only"`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('No GPU detected, using CPU\nNote: CPU only\n');
    expect(stdout).toMatch(/\nEpoch 3\/3\n {2}Batch 1\/20 - loss: 0\.\d{4}\n {2}Batch 10\/20 - loss: 0\.\d{4}\n/);
    const losses = [...stdout.matchAll(/avg loss: (\d\.\d{4})/g)].map(([, loss]) => Number(loss));
    expect(losses).toEqual([...losses].sort((one, other) => other - one));
    expect(losses).toHaveLength(3);
    const checkpoints = await readdir(join(repository, 'checkpoints/challenge2_r1r2'));
    expect(checkpoints).toEqual([1, 2, 3].map((epoch) => `challenge2_r1r2_epoch${epoch}.pth`));
    const newest = (await readdir(join(repository, 'logs'))).sort().at(-1) ?? '';
    expect(newest).toMatch(/^training_rocm_optimized_\d{8}_\d{6}\.log$/);
    expect(stdout).toBe(await readFile(join(repository, 'logs', newest), 'utf8'));
    expect((await run('sh scripts/monitoring/enhanced_monitor.sh')).stdout).toMatch(/== logs\/training_.*\n[^]*GPU use \(%\): 0/);
    expect((await run('git status --porcelain')).stdout).toBe('');
  });

  test('goes on from a checkpoint, which can be loaded', async () => {
    const path = 'checkpoints/challenge2_r1r2/challenge2_r1r2_epoch2.pth';
    await run(`${onCpu} --max-epochs 2`);
    expect(await run(`python3 scripts/check_model.py ${path}`)).toMatchObject({ exitCode: 0, stderr: '' });
    const { stdout } = await run(`${onCpu} --max-epochs 4 --resume ${path}`);
    expect(stdout).toContain(`Resuming from ${path}\n`);
    expect(stdout.match(/Epoch \d\/4/g)).toEqual(['Epoch 3/4', 'Epoch 4/4']);
  });

  test('fails too when asked to', async () => {
    const { exitCode, stderr } = await run(`${onCpu} --max-epochs 2`, { PRETEND_FAULT: 'cpu-dies@25' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/DataLoader worker \(pid\(s\) \d+\) exited unexpectedly/);
  });

  test.skipIf(!hasPython)('is in the database, where every run says "running" for ever', async () => {
    await rm(join(repository, 'data/metadata.db'), { force: true });
    await run(`${onCpu} --max-epochs 2`);
    const database = new Database(join(repository, 'data/metadata.db'), { readonly: true });
    expect(database.prepare('SELECT status, end_time FROM training_runs').all()).toEqual([{ status: 'running', end_time: null }]);
    expect(database.prepare('SELECT run_id, epoch FROM epoch_history').all()).toEqual(
      [1, 2].map((epoch) => ({ run_id: 1, epoch })),
    );
    expect(database.prepare('SELECT file_path FROM model_checkpoints WHERE epoch = 2').get()).toEqual({
      file_path: 'checkpoints/challenge2_r1r2/challenge2_r1r2_epoch2.pth',
    });
    database.close();
  });

  test('refuses options as argparse does, and names a missing cache file', async () => {
    expect(await run(`${launcher} --epochs 3`)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('error: unrecognized arguments: --epochs') as string,
    });
    const other = await installMachine('rx5600xt');
    await rm(join(other.home, 'eeg-challenge/data'), { recursive: true });
    expect(await other.sh(`cd eeg-challenge && ${onCpu}`)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(
        "FileNotFoundError: [Errno 2] Unable to open file (unable to open file: name = 'data/hdf5_cache/R1",
      ) as string,
    });
  });
});
