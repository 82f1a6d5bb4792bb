import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startMetadataServer } from '../../src/embedded/metadata.ts';
import { requireMachine } from '../../src/embedded/machines.ts';
import { tpuSections } from '../../src/facts/tpu/script.ts';
import { readSlice } from '../../src/facts/tpu/slice.ts';
import { installMachine } from './machine-setup.ts';
import type { Answer, InstalledMachine } from './machine-setup.ts';
import { listProcesses, waitFor } from './setup.ts';

let machine: InstalledMachine;
let repository: string;

beforeAll(async () => {
  machine = await installMachine('tpu-v4-64');
  repository = join(machine.home, 'trm');
  const made = await machine.sh(
    'cd trm && python3 kellen/dataset/build_sudoku_dataset.py --output-dir tmp/data/sudoku-extreme-1k-aug-1000',
  );
  expect(made).toMatchObject({ exitCode: 0, stderr: '' });
});

interface Wish {
  run: string;
  config?: string;
  /** How many ranks there are, and which of them are started. */
  count: number;
  ranks?: number[];
  maxSteps?: number;
  seconds?: string;
  lifeSeconds?: string;
  fault?: string;
}

/** Starts ranks as a run does on the workers of a slice, all of them in one home here. */
async function startRanks(wish: Wish): Promise<Promise<Answer>[]> {
  const port = await findFreePort();
  const { count, ranks = Array.from({ length: count }, (_, rank) => rank), config = 'e1_1_baseline', maxSteps } = wish;
  return ranks.map((rank) => {
    const place = `FLEET_WORKER_INDEX=${rank} FLEET_WORKER_COUNT=${count} MASTER_ADDR=127.0.0.1 MASTER_PORT=${port} TRM_STORAGE=tmp`;
    const steps = maxSteps === undefined ? '' : `--max_steps ${maxSteps}`;
    return machine.sh(`cd trm && ${place} kellen/experiments/run_experiment.sh ${config} ${wish.run} ${steps}`, {
      PRETEND_SECONDS: wish.seconds ?? '0.5',
      PRETEND_MAX_SECONDS: wish.lifeSeconds ?? '25',
      PRETEND_FAULT: wish.fault ?? '',
    });
  });
}

async function runRanks(wish: Wish): Promise<Answer[]> {
  return await Promise.all(await startRanks(wish));
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const inRun = (run: string, path: string) => join(repository, 'tmp/runs', run, path);

describe('the repository', () => {
  test('is the commit that the demo inventory names, is clean, has the 18 experiments, and runs none that it does not have', async () => {
    const { stdout } = await machine.sh('cd trm && git rev-parse HEAD && git status --porcelain');
    expect(stdout).toMatch(/^[0-9a-f]{40}\n$/);
    expect(await readFile(join(import.meta.dirname, '../../inventories/demo.yaml'), 'utf8')).toContain(stdout.trim());
    expect(await readdir(join(repository, 'kellen/configs/experiments'))).toHaveLength(18);
    expect(await machine.sh('cd trm && kellen/experiments/run_experiment.sh e9_none r')).toMatchObject({
      exitCode: 2,
      stderr: 'run_experiment.sh: there is no kellen/configs/experiments/e9_none.yaml\n',
    });
  });

  test('has what it requires installed, a device, and a configuration that loads', async () => {
    const installed = await machine.sh('cd trm && pip3 install -r kellen/requirements.txt');
    expect(installed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(installed.stdout).toMatch(/^Requirement already satisfied: torch-xla\[tpu\]>=2\.1\.0 in /m);
    const code =
      "import torch_xla.core.xla_model as xm; from omegaconf import OmegaConf; OmegaConf.load('kellen/configs/base.yaml'); print(xm.xla_device())";
    expect(await machine.sh(`cd trm && python3 -c "${code}"`)).toMatchObject({ exitCode: 0, stdout: 'xla:0\n', stderr: '' });
  });
});

describe('the ranks of a training', () => {
  test('meet, train together to the end, and rank 0 alone writes', async () => {
    const answers = await runRanks({ run: 'whole', count: 8, seconds: '1' });
    expect(answers.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(Array(8).fill([0, '']));
    for (const [rank, { stdout }] of answers.entries()) {
      const said = stdout.split('\n').filter((line) => line !== '');
      expect(said.every((line) => line.startsWith(`[Rank ${rank}/8] `))).toBe(true);
      expect(said.slice(0, 2)).toEqual([`[Rank ${rank}/8] Starting training worker`, `[Rank ${rank}/8] All 8 workers are here`]);
      expect(said.at(-1)).toBe(`[Rank ${rank}/8] ${rank === 0 ? 'Training complete: 195312 steps' : 'done'}`);
    }
    expect(answers[0]?.stdout).toContain('[Rank 0/8] Model parameters: 6,829,058\n[Rank 0/8] Device xla:0 (TPU v4)\n');
    const rows = (await readFile(inRun('whole', 'metrics.csv'), 'utf8')).trim().split('\n');
    expect(rows[0]).toBe('step,epoch,loss,lr,accuracy,exact_accuracy,steps_per_second');
    expect(rows.length).toBe(1 + 1953);
    expect(await readdir(inRun('whole', 'checkpoints'))).toEqual([
      ...['best.json', 'best.pt'],
      ...['160000', '170000', '180000', '190000', '195312'].map((step) => `step_${step}.pt`),
    ]);
  });

  test('wait in silence, for ever, when one never comes', async () => {
    const answers = await runRanks({ run: 'missing', count: 3, fault: 'w2:rank-missing', lifeSeconds: '2.5' });
    expect(answers.map(({ exitCode, stdout }) => [exitCode, stdout])).toEqual([
      [1, '[Rank 0/3] Starting training worker\n'],
      [1, '[Rank 1/3] Starting training worker\n'],
      [1, ''],
    ]);
    // Whoever is the first to have lived too long ends those that wait for it.
    for (const { stderr } of answers) expect(stderr).toMatch(/it has lived 2\.5 s|Failed to meet rendezvous 'step_0'/);
    expect(answers[2]?.stderr).toContain('it has lived 2.5 s');
  });

  test('fail together when one of them does', async () => {
    const [first, struck, last] = await runRanks({ run: 'dies', count: 3, fault: 'w1:die@4', maxSteps: 10 });
    expect(struck).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Accelerator device halted') as string });
    expect(struck?.stdout).toMatch(/step 4 \|[^\n]*\n$|Device xla:0 \(TPU v4\)\n$/);
    for (const other of [first, last]) {
      expect(other?.exitCode).toBe(1);
      expect(other?.stderr).toMatch(/RuntimeError: Failed to meet rendezvous 'step_\d+': Socket closed \(14\)\n$/);
    }
  });

  test('stop together when one of them is asked to, by its file or by TERM', async () => {
    const halted = await startRanks({ run: 'halted', count: 2, seconds: '8' });
    await waitFor('rows', async () =>
      (await readFile(inRun('halted', 'metrics.csv'), 'utf8').catch(() => '')).includes('\n100,'),
    );
    await writeFile(inRun('halted', '.HALT'), 'halt: enough\n');
    for (const { exitCode, stdout } of await Promise.all(halted)) {
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/stopping at step \d+: halt: enough\n$/);
    }
    const ended = await startRanks({ run: 'ended', count: 2, seconds: '8' });
    await waitFor('rows', async () => (await readFile(inRun('ended', 'metrics.csv'), 'utf8').catch(() => '')).includes('\n100,'));
    const [one] = (await listProcesses(machine.home)).filter(({ command }) => command.includes('--run_name ended'));
    process.kill(one?.pid ?? Number.NaN, 'SIGTERM');
    for (const { exitCode, stdout } of await Promise.all(ended)) {
      expect(exitCode).toBe(143);
      expect(stdout).toMatch(/stopping at step \d+: SIGTERM\n$/);
    }
  });

  test('go on at the step of the checkpoint that rank 0 finds, and keep the last five of all', async () => {
    await runRanks({ run: 'resumed', count: 1, maxSteps: 4 });
    await machine.sh('cd trm/tmp/runs/resumed/checkpoints && touch step_1.pt step_2.pt step_3.pt step_5.pt');
    await machine.sh(`cp ${inRun('resumed', 'checkpoints/step_4.pt')} trm/tmp/step_4.pt`);
    const port = await findFreePort();
    const place = `FLEET_WORKER_COUNT=2 MASTER_PORT=${port} TRM_STORAGE=tmp PRETEND_SECONDS=0.5`;
    const run = 'kellen/experiments/run_experiment.sh e1_1_baseline resumed --max_steps 10';
    const [first, second] = await Promise.all([
      machine.sh(`cd trm && ${place} TPU_WORKER_ID=0 FLEET_CHECKPOINT=tmp/step_4.pt ${run}`),
      machine.sh(`cd trm && ${place} TPU_WORKER_ID=1 FLEET_CHECKPOINT=gone.pt ${run}`),
    ]);
    for (const answer of [first, second]) expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    expect(second?.stdout).toContain('[Rank 1/2] Resuming at step 4\n');
    const { stdout } = await machine.sh('ls trm/tmp/runs/resumed/checkpoints');
    expect(stdout.split('\n').filter((name) => name.startsWith('step_'))).toEqual(
      [10, 2, 3, 4, 5].map((step) => `step_${step}.pt`),
    );
    const rows = (await readFile(inRun('resumed', 'metrics.csv'), 'utf8')).trim().split('\n');
    expect(rows.map((row) => row.split(',')[0])).toEqual([
      'step',
      ...Array.from({ length: 10 }, (_, index) => String(index + 1)),
    ]);
  });
});

describe('a rank that fails at its start', () => {
  test('whose chips are in use says by which process', async () => {
    const [answer] = await runRanks({ run: 'refused', count: 1, fault: 'w0:refuse' });
    expect(answer).toMatchObject({ exitCode: 1, stdout: '' });
    expect(answer?.stderr).toMatch(/ABORTED: The TPU is already in use by process with pid \d+\./);
    expect(answer?.stderr).toContain('/tmp/libtpu_lockfile');
  });

  test('whose model does not fit is told so when it is compiled', async () => {
    const [answer] = await runRanks({ run: 'large', count: 1, fault: 'oom' });
    expect(answer?.exitCode).toBe(1);
    expect(answer?.stdout).toMatch(/Device xla:0 \(TPU v4\)\n$/);
    expect(answer?.stderr).toMatch(/Ran out of memory in memory space hbm\. Used [\d.]+G of [\d.]+G hbm/);
  });

  test('has no data, or does not know where the others are, and says so', async () => {
    const [answer] = await runRanks({ run: 'data', count: 1, config: 'e3_2_more_data' });
    expect(answer?.stderr).toContain("No such file or directory: 'tmp/data/sudoku-extreme-5k-aug-1000/train/all__inputs.npy'");
    const lone = await machine.sh('cd trm && FLEET_WORKER_COUNT=8 kellen/experiments/run_experiment.sh e1_1_baseline lone');
    expect(lone).toMatchObject({ exitCode: 1, stdout: '' });
    expect(lone.stderr).toContain('environment variable MASTER_PORT expected, but not set');
  });
});

test('a worker is found in the metadata of its machine, also where there is no curl and no wget', async () => {
  const slice = requireMachine('tpu-v4-64').tpu;
  if (slice === null) throw new Error('no slice');
  const server = await startMetadataServer('demo-tpu', slice, 5);
  try {
    for (const setup of ['', 'command() { return 1; }']) {
      const script = tpuSections(`GCE_METADATA_HOST=${server.host}\n${setup}`).find(
        ({ name }) => name === 'tpu-metadata',
      )?.script;
      const { stdout } = await machine.sh(script ?? '');
      expect(readSlice(stdout, new Map())).toEqual({
        ...{ type: 'v4-64', topology: '2x4x4', chips: 32, chipsPerWorker: 4, workers: 8, workerIndex: 5 },
        ...{ zone: 'us-central2-b', runtime: 'tpu-ubuntu2204-base', endpoints: Array(8).fill('127.0.0.1') as string[] },
      });
    }
  } finally {
    server.close();
  }
});
