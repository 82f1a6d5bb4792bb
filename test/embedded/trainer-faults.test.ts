import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installMachine } from './machine-setup.ts';
import type { Answer, InstalledMachine } from './machine-setup.ts';
import { waitFor } from './setup.ts';

let machine: InstalledMachine;
let workspace: string;
let outDir: string;
let number = 0;

beforeAll(async () => {
  machine = await installMachine('a100x2');
  workspace = join(machine.home, 'nsa-vibe');
});

beforeEach(() => {
  number += 1;
  outDir = join(workspace, 'artifacts', `run${number}`);
});

describe('a rank that dies', () => {
  test('of a collective timeout tells the rank and the operation, and torchrun the root cause', async () => {
    const { exitCode, stderr } = await train({ PRETEND_FAULT: 'nccl-timeout@40' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /\[Rank 1\] Watchdog caught collective operation timeout: WorkNCCL\(SeqNum=40, OpType=ALLREDUCE, .*Timeout\(ms\)=600000\)/,
    );
    expect(stderr).toContain("terminate called after throwing an instance of 'c10::DistBackendError'");
    expectRootCause(stderr, 1, -6, 'Signal 6 (SIGABRT)');
    expect(lastStep(await readOut('training.csv'))).toBe(40);
  });

  test('of a segmentation fault really dies of it', async () => {
    const { exitCode, stderr } = await train({ PRETEND_FAULT: 'segfault@40' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Fatal Python error: Segmentation fault');
    expectRootCause(stderr, 1, -11, 'Signal 11 (SIGSEGV)');
    const alone = await train({ PRETEND_FAULT: 'segfault@40' }, onOneCard);
    expect(alone.stdout).toMatch(/exit 139\n$/);
  });

  test('for want of memory is named by the kernel log, by its pid', async () => {
    const { exitCode, stderr } = await train({ PRETEND_FAULT: 'killed@40' });
    expect(exitCode).toBe(1);
    expectRootCause(stderr, 1, -9, 'Signal 9 (SIGKILL)');
    const pid = /Signal 9 \(SIGKILL\) received by PID (\d+)/.exec(stderr)?.[1];
    const { stdout } = await machine.sh('dmesg');
    expect(stdout).toMatch(
      new RegExp(`^\\[ *\\d+\\.\\d{6}\\] Out of memory: Killed process ${pid} \\(python3\\) total-vm:\\d+kB, `, 'm'),
    );
  });

  test('of an error of its card is told by the driver in the kernel log', async () => {
    const { exitCode, stderr } = await train({ PRETEND_FAULT: 'xid@40' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('[rank1]: RuntimeError: CUDA error: uncorrectable ECC error encountered');
    expectRootCause(stderr, 1, 1, 'To enable traceback');
    const pid = /exitcode {2}: 1 \(pid: (\d+)\)/.exec(stderr)?.[1];
    expect((await machine.sh('dmesg')).stdout).toMatch(
      new RegExp(`^\\[ *\\d+\\.\\d{6}\\] NVRM: Xid \\(PCI:0000:ca:00\\): 94, pid=${pid}, name=python3, `, 'm'),
    );
  });
});

test('the kernel log begins at the boot, and can be kept from a user', async () => {
  const other = await installMachine('cpu');
  expect(await other.sh('dmesg')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^\[ {4}0\.000000\] Linux version /) as string,
  });
  expect(await other.sh('dmesg', { PRETEND_DMESG: 'forbidden' })).toEqual({
    exitCode: 1,
    stdout: '',
    stderr: 'dmesg: read kernel buffer failed: Operation not permitted\n',
  });
});

describe('a rank that stands still', () => {
  test('rank-missing: rank 1 never begins, and rank 0 waits for it with a live watchdog', async () => {
    const { stderr } = await train({ PRETEND_FAULT: 'rank-missing', PRETEND_MAX_SECONDS: '3' });
    expect(stderr).toContain('PRETEND_MAX_SECONDS');
    const messages = (await readOut('heartbeat_rank0.jsonl')).match(/"msg": "\w+"/g);
    expect(new Set(messages)).toEqual(
      new Set(['boot', 'fineweb_loader_ready', 'watchdog_dump'].map((name) => `"msg": "${name}"`)),
    );
    expect(await readdir(outDir)).not.toContain('heartbeat_rank1.jsonl');
  });

  test('rank-idle: its records end and its card is idle while the other goes on', async () => {
    const running = train({ PRETEND_FAULT: 'rank-idle@40', PRETEND_SECONDS: '4' });
    await waitFor('an idle card beside a busy one', async () => {
      const { stdout } = await machine.sh('nvidia-smi --query-gpu=memory.used,utilization.gpu --format=csv,noheader,nounits');
      return /^27422, 9\d\n27422, 0\n$/.test(stdout);
    });
    expect((await running).exitCode).toBe(0);
    expect(await readOut('heartbeat_rank1.jsonl')).toMatch(/"step": 30, "msg": "progress".*\n$/);
    expect(await readOut('heartbeat_rank0.jsonl')).toContain('"step": 200, "msg": "progress"');
  });
});

describe('silence', () => {
  test('of the log leaves rows and records coming', async () => {
    const { exitCode, stdout } = await train({ PRETEND_FAULT: 'silent@100' });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('step 0080 |');
    expect(stdout).not.toMatch(/step 01\d\d \||complete/);
    expect(lastStep(await readOut('training.csv'))).toBe(200);
  });

  test('of everything has no watchdog', async () => {
    await train({ PRETEND_FAULT: 'silent-all@100', PRETEND_SECONDS: '0.3', PRETEND_MAX_SECONDS: '4' }, onOneCard);
    expect(lastStep(await readOut('training.csv'))).toBe(100);
    expect(await readOut('heartbeat_rank0.jsonl')).toMatch(/"step": 100, "msg": "progress".*\n$/);
  });

  test('after the end of all work: linger writes everything and stays', async () => {
    const { stdout } = await train(
      { PRETEND_FAULT: 'linger,partial-lines', PRETEND_SECONDS: '0.3', PRETEND_MAX_SECONDS: '4' },
      onOneCard,
    );
    expect(stdout).toContain('training complete: 200 steps\n');
    expect(lastStep(await readOut('training.csv'))).toBe(200);
    expect(JSON.parse(await readOut('metrics.json'))).toMatchObject({ completed: true });
    expect(stdout).toMatch(/exit 1\n$/);
  });
});

describe('a checkpoint', () => {
  test('that does not fit stays as half an archive, which does not load', async () => {
    const full = await train({ PRETEND_FAULT: 'disk-full@100' });
    expect(full.exitCode).toBe(1);
    expect(full.stderr).toContain('PytorchStreamWriter failed writing file data/0: file write failed');
    expect(full.stderr).toContain('[rank0]: OSError: [Errno 28] No space left on device');
    expect((await stat(join(outDir, 'checkpoint_step100.pt'))).size).toBe(250_609_664);
    expect(await isArchive('checkpoint_step50.pt')).toBe(true);
    expect(await isArchive('checkpoint_step100.pt')).toBe(false);
    const again = await train({ FLEET_CHECKPOINT: `${outDir}/checkpoint_step100.pt` }, onOneCard);
    expect(again.stderr).toContain('PytorchStreamReader failed reading zip archive: failed finding central directory');
  });

  test('is where the next attempt goes on, with rows after those that are there', async () => {
    await train({ PRETEND_FAULT: 'killed@120' }, onOneCard);
    const resumed = { PRETEND_FAULT: 'killed@100', FLEET_CHECKPOINT: `artifacts/run${number}/checkpoint_step100.pt` };
    const { stdout } = await train(resumed, onOneCard);
    expect(stdout).toContain(`resuming at step 100: artifacts/run${number}/checkpoint_step100.pt\n`);
    expect(stdout).toMatch(/exit 0\n$/);
    const steps = stepsOf(await readOut('training.csv'));
    expect(steps.slice(steps.lastIndexOf(110) - 1)).toEqual([120, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200]);
  });

  test('is made when somebody asks for it', async () => {
    const running = train({ PRETEND_SECONDS: '20' }, onOneCard);
    await waitFor('rows', () => readOut('training.csv').catch(() => null));
    await writeFile(join(outDir, '.SAVE'), '');
    await waitFor('a checkpoint', async () => (await readdir(outDir)).some((name) => /^checkpoint_step\d+\.pt$/.test(name)));
    await writeFile(join(outDir, '.HALT'), '');
    await running;
    expect(await readdir(outDir)).not.toContain('.SAVE');
  });

  test('that is slow is half there for a while', async () => {
    const running = train({ PRETEND_FAULT: 'slow-save', PRETEND_PAUSE_SECONDS: '25' }, onOneCard);
    await waitFor('half a checkpoint', () => stat(join(outDir, 'checkpoint_step50.pt')).catch(() => null));
    expect(await isArchive('checkpoint_step50.pt')).toBe(false);
    await writeFile(join(outDir, '.GO'), '');
    expect((await running).stdout).toMatch(/exit 0\n$/);
    expect(await isArchive('checkpoint_step50.pt')).toBe(true);
  });
});

describe('what looks like a failure and is none', () => {
  test('slow-first-step: no row before the pause has ended', async () => {
    const running = train({ PRETEND_FAULT: 'slow-first-step', PRETEND_PAUSE_SECONDS: '25' }, onOneCard);
    await waitFor('the loaders', async () =>
      (await readOut('heartbeat_rank0.jsonl').catch(() => '')).includes('fineweb_loader_ready'),
    );
    expect(await readOut('training.csv')).toBe('');
    await writeFile(join(outDir, '.GO'), '');
    expect((await running).stdout).toMatch(/training complete: 200 steps\nexit 0\n$/);
  });

  test('late-metric: the throughput is empty, then there', async () => {
    await train({ PRETEND_FAULT: 'late-metric@100' }, onOneCard);
    const rows = (await readOut('training.csv')).trimEnd().split('\n');
    expect(rows.find((row) => row.startsWith('90,'))).toMatch(/,$/);
    expect(rows.find((row) => row.startsWith('100,'))).toMatch(/,4\d\.\d$/);
    expect(await readOut('heartbeat_rank0.jsonl')).not.toMatch(/"step": 90,.*toks_per_s/);
  });

  test('borderline: the throughput is on both sides of 39', async () => {
    await train({ PRETEND_FAULT: 'borderline' }, onOneCard);
    const rates = (await readOut('training.csv'))
      .trimEnd()
      .split('\n')
      .map((row) => Number(row.split(',')[3]));
    expect(Math.min(...rates)).toBeGreaterThan(37.5);
    expect(Math.max(...rates)).toBeLessThan(40.5);
    expect([rates.some((rate) => rate < 39), rates.some((rate) => rate > 39)]).toEqual([true, true]);
  });
});

const onOneCard = 'python3 -u scripts/train_showcase.py; echo exit $?';

/** 200 steps with a checkpoint every 50, on both cards if nothing else is said. */
async function train(variables: Record<string, string>, command = 'bash scripts/run_2xa100_production.sh'): Promise<Answer> {
  await mkdir(join(workspace, 'configs'), { recursive: true });
  await writeFile(
    join(workspace, `configs/run${number}.yaml`),
    `train:\n  steps: 200\n  save_every: 50\n  lr: 2e-4\n  out_dir: artifacts/run${number}\n`,
  );
  return await machine.sh(`cd nsa-vibe && export CONFIG=configs/run${number}.yaml ${exported(variables)}; ${command}`, {
    PRETEND_SECONDS: '0.5',
    PRETEND_MAX_SECONDS: '25',
    PRETEND_LINGER_SECONDS: '1',
    PRETEND_WATCHDOG_SECONDS: '0.2',
    ...variables,
  });
}

/** Of these, what a host does not take from fleet's own environment. */
function exported({ FLEET_CHECKPOINT: checkpoint }: Record<string, string>): string {
  return checkpoint === undefined ? '' : `FLEET_CHECKPOINT=${checkpoint}`;
}

async function readOut(name: string): Promise<string> {
  return await readFile(join(outDir, name), 'utf8');
}

function stepsOf(rows: string): number[] {
  return rows
    .trimEnd()
    .split('\n')
    .map((row) => Number(row.split(',')[0]));
}

function lastStep(rows: string): number | undefined {
  return stepsOf(rows).at(-1);
}

/** Whether it ends as an archive whose directory lies where the end says. */
async function isArchive(name: string): Promise<boolean> {
  const bytes = await readFile(join(outDir, name));
  const end = bytes.length - 22;
  if (bytes.readUInt32LE(0) !== 0x04034b50 || bytes.readUInt32LE(end) !== 0x06054b50) return false;
  const directory = bytes.readUInt32LE(end + 16);
  return bytes.readUInt32LE(directory) === 0x02014b50 && directory + bytes.readUInt32LE(end + 12) === end;
}

function expectRootCause(stderr: string, rank: number, exitCode: number, trace: string): void {
  const block = stderr.slice(stderr.indexOf('Root Cause (first observed failure):'));
  expect(block).toContain(`rank      : ${rank} (local_rank: ${rank})`);
  expect(block).toContain(`exitcode  : ${exitCode} (pid: `);
  expect(block).toContain(`traceback : ${trace}`);
}
