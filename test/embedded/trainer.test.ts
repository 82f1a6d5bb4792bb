import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'ssh2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { EmbeddedHost } from '../../src/embedded/embedded-host.ts';
import { connect, listProcesses, makeFolder, run, startHost, waitFor } from './setup.ts';
import type { Process } from './setup.ts';

let place: Awaited<ReturnType<typeof makeFolder>>;
let host: EmbeddedHost;
let client: Client;
let workspace: string;
let outDir: string;
let number = 0;

beforeAll(async () => {
  place = await makeFolder();
  host = await startHost(place, {
    environment: { PRETEND_MAX_SECONDS: '60', PRETEND_LINGER_SECONDS: '2', PRETEND_WATCHDOG_SECONDS: '0.2' },
  });
  client = await connect(host);
  workspace = join(host.homeDir, 'nsa-vibe');
});

beforeEach(() => {
  number += 1;
  outDir = join(workspace, 'artifacts', `run${number}`);
});

afterEach(async () => {
  await waitFor('no process of the run', async () => {
    const left = (await listProcesses(host.homeDir)).filter(({ command }) => command.includes('.mjs'));
    for (const { pid } of left) killIfThere(pid, 'SIGKILL');
    return left.length === 0;
  });
});

afterAll(async () => {
  client.end();
  await host.close();
  await place.remove();
});

describe('a run', () => {
  test('writes what the real one writes, and ends with nothing left', async () => {
    const { exitCode, stdout } = await train({ seconds: 1, steps: 1000, saveEvery: 250 });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^step 0120 \| loss \d\.\d{4} \| lr 1\.20e-05 \| toks\/s 4\d \| grad_norm \d\.\d{2} \| fetch \d+ms$/m);
    expect(stdout).toContain('[rank0] training complete: 1000 steps');

    const rows = (await readOut('training.csv')).trimEnd().split('\n');
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, ...tens(10, 1000)]);
    expect(rows.every((row) => /^\d+,\d+\.\d{6},\d\.\d{6}e-\d\d,4\d\.\d$/.test(row))).toBe(true);
    const losses = rows.map((row) => Number(row.split(',')[1]));
    expect(losses[0]).toBeGreaterThan(10);
    expect(losses.at(-1)).toBeLessThan(3.2);

    for (const rank of [0, 1]) {
      const records = await readRecords(rank);
      expect(records.slice(0, 2).map((record) => record['msg'])).toEqual(['boot', 'fineweb_loader_ready']);
      const last = records.findLast((record) => record['msg'] === 'progress') ?? {};
      expect(last).toMatchObject({ rank, step: 1000, gpu_mem_reserved: 26_880 });
      expect(last['gate_entropy_mean']).toBeGreaterThan(0.5);
      expect(last['gate_collapse_frac']).toBeLessThan(0.05);
      expect(records.at(-1)?.['msg']).toBe('step_end');
    }

    expect(JSON.parse(await readOut('env.json'))).toMatchObject({
      torch: '2.7.1+cu121',
      world_size: 2,
      env: { NSA_PREFILL_BATCHED: '1' },
    });
    expect(JSON.parse(await readOut('metrics.json'))).toMatchObject({ steps: 1000, completed: true });
    const checkpoints = (await readdir(outDir)).filter((name) => name.endsWith('.pt'));
    expect(checkpoints.sort()).toEqual([1000, 250, 500, 750].map((step) => `checkpoint_step${step}.pt`));
    const file = await stat(join(outDir, 'checkpoint_step500.pt'));
    expect(file.size).toBe(501_219_328);
    expect(file.blocks * 512).toBeLessThan(1_000_000);
    expect(await trainers()).toEqual([]);
  });

  test('has two ranks in sessions of their own, with two loaders each', async () => {
    await launch({ seconds: 30 });
    const found = await waitFor('two ranks and four loaders', async () => {
      const all = await trainers();
      const [ranks, loaders] = [all.filter(isRank), all.filter(isLoader)];
      return ranks.length === 2 && loaders.length === 4 ? { ranks, loaders } : null;
    });
    for (const { pid } of found.ranks) expect((await readStat(pid)).session).toBe(pid);
    const parents = await Promise.all(found.loaders.map(async ({ pid }) => (await readStat(pid)).parent));
    expect(new Set(parents)).toEqual(new Set(found.ranks.map(({ pid }) => pid)));
    const environ = await readFile(`/proc/${found.ranks[0]?.pid}/environ`, 'utf8');
    expect(environ.split('\0')).toContain(`CONFIG=configs/run${number}.yaml`);
  });

  test('is seen by nvidia-smi while it lives', async () => {
    await launch({ seconds: 30 });
    await waitForRows();
    const busy = await run(client, 'nvidia-smi --query-gpu=memory.used,utilization.gpu --format=csv,noheader,nounits');
    expect(busy.stdout).toMatch(/^27422, 9\d\n27422, 9\d\n$/);
    const apps = await run(client, 'nvidia-smi --query-compute-apps=pid --format=csv,noheader');
    const ranks = (await trainers()).filter(isRank).map(({ pid }) => pid);
    expect(apps.stdout.trim().split('\n').map(Number).sort()).toEqual(ranks.sort());
    for (const { pid } of await trainers()) killIfThere(pid, 'SIGKILL');
    await waitFor('free cards', async () => (await run(client, 'nvidia-smi')).stdout.includes('No running processes found'));
  });

  test('outlives the server, and a server that is started later finds it', async () => {
    const short = await startHost(place, { environment: { PRETEND_SECONDS: '4', PRETEND_MAX_SECONDS: '60' } });
    const link = await connect(short);
    await launch({ steps: 100, saveEvery: 100, over: link });
    await waitForRows();
    link.end();
    await short.close();
    const later = await startHost(place);
    const again = await connect(later);
    expect(
      (await run(again, 'nvidia-smi --query-compute-apps=pid --format=csv,noheader')).stdout.trim().split('\n'),
    ).toHaveLength(2);
    await waitFor('the end of the run', () => readOut('metrics.json').catch(() => null));
    again.end();
    await later.close();
  });

  test('without CONFIG trains the toy model, fast', async () => {
    const { stdout } = await runInWorkspace(
      `OUT_DIR=artifacts/run${number} PRETEND_SECONDS=1 python3 -u scripts/train_showcase.py`,
    );
    expect(stdout).toContain('no CONFIG, training the toy model');
    expect(Number((await lastRow())[3])).toBeGreaterThan(900);
    expect(JSON.parse(await readOut('env.json'))).toMatchObject({ config: null, model: 'toy' });
  });

  test('never lives longer than it may', async () => {
    const { exitCode, stderr } = await train({ seconds: 500, extra: 'PRETEND_MAX_SECONDS=1' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('PRETEND_MAX_SECONDS');
  });

  test('refuses a config that is not there, and one without steps', async () => {
    const missing = await runInWorkspace('CONFIG=configs/nothing.yaml python3 scripts/train_showcase.py');
    expect(missing).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("No such file or directory: 'configs/nothing.yaml'") as string,
    });
    await writeFile(join(workspace, 'configs/odd.yaml'), 'train:\n  out_dir: artifacts/odd\n');
    const odd = await runInWorkspace('CONFIG=configs/odd.yaml python3 scripts/train_showcase.py');
    expect(odd).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Missing key train.steps') as string });
    await rm(join(workspace, 'configs/odd.yaml'));
  });
});

describe('stopping a run', () => {
  test('.HALT ends it at the next step, and it says why', async () => {
    await launch({ seconds: 30 });
    await waitForRows();
    await writeFile(join(outDir, '.HALT'), 'halt: asked by a person\n');
    await waitFor('the end', async () => (await trainers()).length === 0);
    expect(await readLog()).toMatch(/\[rank0\] stopping at step \d+: halt: asked by a person/);
    expect(await exitStatus()).toBe('0');
  });

  test('a .HALT of an earlier run stops it at its first step', async () => {
    await mkdir(outDir, { recursive: true });
    await writeFile(join(outDir, '.HALT'), '');
    const { exitCode, stdout } = await train({ seconds: 60, steps: 1000 });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('stopping at step 1: halt: no reason given');
  });

  test('TERM is ignored by the ranks, and KILL of one takes the other down with a report', async () => {
    await launch({ seconds: 40 });
    await waitForRows();
    const ranks = (await trainers()).filter(isRank);
    for (const { pid } of ranks) process.kill(pid, 'SIGTERM');
    await waitFor('both to say so', async () => (await readLog()).match(/SIGTERM ignored/g)?.length === 2);
    const before = Number((await lastRow())[0]);
    await waitFor('further steps', async () => Number((await lastRow())[0]) > before);

    const victim = await rankNumbered(ranks, 0);
    process.kill(victim, 'SIGKILL');
    await waitFor('two orphaned loaders', async () => (await listOrphans(ranks)).length === 2);
    await waitFor('the other rank to be asked', async () => (await readLog()).match(/SIGTERM ignored/g)?.length === 3);
    await waitFor('the orphaned loaders to end by themselves', async () => (await trainers()).filter(isLoader).length === 2);
    for (const { pid } of (await trainers()).filter(isRank)) process.kill(pid, 'SIGKILL');
    await waitFor('the end', async () => (await exitStatus()) === '1');
    expect(await readLog()).toMatch(
      /ChildFailedError:[\s\S]*Root Cause[\s\S]*rank {6}: 0[\s\S]*exitcode {2}: -9[\s\S]*Signal 9 \(SIGKILL\) received by PID/,
    );
  });

  test('USR1 writes the stacks and the run goes on', async () => {
    await launch({ seconds: 30 });
    await waitForRows();
    const all = await trainers();
    for (const { pid } of all) process.kill(pid, 'SIGUSR1');
    await waitFor('a dump of each rank', async () => {
      const dumps = (await readdir(outDir)).filter((name) => /^stackdump_[01]_\d{8}T\d{6}\.txt$/.test(name));
      return dumps.length === 2;
    });
    const before = Number((await lastRow())[0]);
    await waitFor('further steps', async () => Number((await lastRow())[0]) > before);
    expect((await trainers()).length).toBe(all.length);
    expect(await readLog()).not.toContain('Debugger');
  });
});

describe('a fault on request', () => {
  test('oom: both ranks fail as out of memory', async () => {
    const { exitCode, stderr } = await train({ seconds: 1, steps: 500, fault: 'oom@100' });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('[rank0]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.');
    expect(stderr).toContain('ChildFailedError');
    expect((await lastRow())[0]).toBe('100');
    expect(await trainers()).toEqual([]);
  });

  test('nan: the loss is not a number from then on, and training goes on', async () => {
    const { exitCode } = await train({ seconds: 1, steps: 500, fault: 'nan@200' });
    expect(exitCode).toBe(0);
    const rows = (await readOut('training.csv')).trimEnd().split('\n');
    expect(rows.find((row) => row.startsWith('190,'))).not.toContain('nan');
    expect(rows.find((row) => row.startsWith('200,'))).toMatch(/^200,nan,/);
    expect(await readOut('heartbeat_rank0.jsonl')).toContain('"step": 500, "msg": "progress"');
    expect(await readOut('heartbeat_rank0.jsonl')).toContain('"loss": NaN');
  });

  test('hang: the watchdog writes on at step 0, and neither .HALT nor TERM helps', async () => {
    await launch({ seconds: 1, steps: 500, fault: 'hang@100' });
    await waitFor('two dumps', async () => (await readDumps()) >= 2);
    expect((await lastRow())[0]).toBe('100');
    expect(await readOut('.anomaly_type')).toBe('heartbeat_stall\n');
    await writeFile(join(outDir, '.HALT'), 'halt: please\n');
    for (const { pid } of (await trainers()).filter(isRank)) process.kill(pid, 'SIGTERM');
    const dumps = await readDumps();
    await waitFor('further dumps', async () => (await readDumps()) > dumps + 2);
    expect((await trainers()).filter(isRank)).toHaveLength(2);
    expect((await lastRow())[0]).toBe('100');
  });

  test('slow: 22 tokens a second', async () => {
    await train({ seconds: 0.5, steps: 200, fault: 'slow' });
    expect(Number((await lastRow())[3])).toBeGreaterThan(20);
    expect(Number((await lastRow())[3])).toBeLessThan(24);
  });

  test('wrong-config: the script keeps CONFIG to itself, and the toy model passes for the real one', async () => {
    await launch({ seconds: 30, fault: 'wrong-config', extra: `OUT_DIR=artifacts/run${number}` });
    await waitForRows();
    const rank = (await trainers()).find(isRank);
    expect(await readFile(`/proc/${rank?.pid}/environ`, 'utf8')).not.toContain('CONFIG=configs');
    expect(Number((await lastRow())[3])).toBeGreaterThan(900);
  });

  test('exit-early: exit 0 with a third of the steps made', async () => {
    const { exitCode, stdout } = await train({ seconds: 1, steps: 1000, fault: 'exit-early' });
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('training complete');
    expect((await lastRow())[0]).toBe('300');
    await expect(readOut('metrics.json')).rejects.toThrow('ENOENT');
  });

  test('partial-lines: a reader sees half rows, and whole ones in the end', async () => {
    await launch({ seconds: 4, steps: 1000, fault: 'partial-lines' });
    await waitFor('half a row', async () => !(await readOut('training.csv').catch(() => '\n')).endsWith('\n'));
    await waitFor('the end', async () => (await exitStatus()) === '0');
    const rows = (await readOut('training.csv')).trimEnd().split('\n');
    expect(rows.every((row) => row.split(',').length === 4)).toBe(true);
    expect(rows).toHaveLength(109);
  });

  test('print-env: the whole environment is in the output, and not in env.json', async () => {
    const { stdout } = await train({ seconds: 0.5, steps: 100, fault: 'print-env', extra: 'WANDB_API_KEY=canary' });
    expect(stdout).toContain('[rank0] WANDB_API_KEY=canary');
    expect(await readOut('env.json')).not.toContain('canary');
  });

  test('ignore-halt: .HALT is not heeded', async () => {
    await mkdir(outDir, { recursive: true });
    await writeFile(join(outDir, '.HALT'), 'halt: old\n');
    const { stdout } = await train({ seconds: 0.5, steps: 100, fault: 'ignore-halt' });
    expect(stdout).toContain('training complete');
  });

  test('several at once are heeded together, and an unknown one is refused', async () => {
    const both = await train({ seconds: 0.5, steps: 200, fault: 'slow,nan@10' });
    expect(both.exitCode).toBe(0);
    expect((await lastRow())[1]).toBe('nan');
    expect(Number((await lastRow())[3])).toBeLessThan(24);
    const unknown = await runInWorkspace('PRETEND_FAULT=ooom python3 scripts/train_showcase.py');
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('unknown fault "ooom", expected some of oom[@STEP]');
  });
});

describe('the pretend python3 and torchrun', () => {
  test('answer what the preflight asks', async () => {
    expect((await run(client, 'python3 --version')).stdout).toBe('Python 3.11.9\n');
    expect((await run(client, `python3 -c 'import torch; print(torch.__version__)'`)).stdout).toBe('2.7.1+cu121\n');
    const causality = await runInWorkspace('bash scripts/run_gpu_causality_test.sh --full');
    expect(causality).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Causality test: 3/3 passed\n') as string });
  });

  test('say that they pretend, and refuse the rest', async () => {
    for (const program of ['python3', 'torchrun', 'nvidia-smi']) {
      expect((await run(client, `${program} --help`)).stdout).toContain('it pretends');
    }
    expect(await run(client, `python3 -c 'print(1)'`)).toMatchObject({
      exitCode: 2,
      stderr: 'the pretend python3 of this embedded host cannot run: -c print(1)\n',
    });
    expect(await run(client, 'torchrun --sideways x.py')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('unrecognized arguments: --sideways') as string,
    });
  });
});

interface RunOptions {
  seconds?: number;
  steps?: number;
  saveEvery?: number;
  fault?: string;
  /** More assignments, before the command. */
  extra?: string;
  over?: Client;
}

async function prepare(options: RunOptions): Promise<string> {
  const file = `configs/run${number}.yaml`;
  const config = {
    steps: options.steps ?? 50_000,
    save_every: options.saveEvery ?? 0,
    lr: 2e-4,
    out_dir: `artifacts/run${number}`,
  };
  const lines = Object.entries(config).map(([key, value]) => `  ${key}: ${value}\n`);
  await writeFile(join(workspace, file), `train: # of a test\n${lines.join('')}`);
  const seconds = options.seconds === undefined ? '' : `PRETEND_SECONDS=${options.seconds}`;
  return `CONFIG=${file} PRETEND_FAULT=${options.fault ?? ''} ${seconds} ${options.extra ?? ''} bash scripts/run_2xa100_production.sh`;
}

async function train(options: RunOptions) {
  return await runInWorkspace(await prepare(options));
}

/** Detached, as a launch does it. */
async function launch(options: RunOptions): Promise<void> {
  const command = `${await prepare(options)} >log${number} 2>&1; echo $? >exit${number}`;
  await run(options.over ?? client, `cd nsa-vibe && setsid sh -c '${command}' </dev/null >/dev/null 2>&1 &`);
}

async function runInWorkspace(command: string) {
  return await run(client, `cd nsa-vibe && ${command}`);
}

async function readOut(name: string): Promise<string> {
  return await readFile(join(outDir, name), 'utf8');
}

async function readLog(): Promise<string> {
  return await readFile(join(workspace, `log${number}`), 'utf8');
}

async function exitStatus(): Promise<string | null> {
  return await readFile(join(workspace, `exit${number}`), 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
}

async function readRecords(rank: number): Promise<Record<string, unknown>[]> {
  const lines = (await readOut(`heartbeat_rank${rank}.jsonl`)).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function readDumps(): Promise<number> {
  const text = await readOut('heartbeat_rank0.jsonl').catch(() => '');
  return text.split('\n').filter((line) => line.includes('"step": 0, "msg": "watchdog_dump"')).length;
}

async function lastRow(): Promise<string[]> {
  return (await readOut('training.csv')).trimEnd().split('\n').at(-1)?.split(',') ?? [];
}

async function waitForRows(): Promise<void> {
  await waitFor('rows of both ranks', async () => {
    const rows = await readOut('training.csv').catch(() => '');
    const other = await readOut('heartbeat_rank1.jsonl').catch(() => '');
    return rows.includes('\n') && other.includes('progress');
  });
}

async function trainers(): Promise<Process[]> {
  return (await listProcesses(host.homeDir)).filter((process) => isRank(process) || isLoader(process));
}

function isRank({ command }: Process): boolean {
  return command.endsWith('python3.mjs -u scripts/train_showcase.py');
}

function isLoader({ command }: Process): boolean {
  return command.includes('spawn_main');
}

/** Loaders whose rank is gone. */
async function listOrphans(ranks: Process[]): Promise<Process[]> {
  const loaders = (await trainers()).filter(isLoader);
  const parents = await Promise.all(loaders.map(({ pid }) => readStat(pid).catch(() => null)));
  return loaders.filter((_, index) => {
    const parent = parents[index]?.parent;
    return parent !== undefined && ranks.every(({ pid }) => pid !== parent);
  });
}

async function readStat(pid: number): Promise<{ parent: number; session: number }> {
  const line = await readFile(`/proc/${pid}/stat`, 'latin1');
  const [, parent, , session] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return { parent: Number(parent), session: Number(session) };
}

async function rankNumbered(ranks: Process[], wanted: number): Promise<number> {
  for (const { pid } of ranks) {
    if ((await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0').includes(`RANK=${wanted}`)) return pid;
  }
  throw new Error(`no rank ${wanted}`);
}

function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function tens(from: number, to: number): number[] {
  return Array.from({ length: (to - from) / 10 + 1 }, (_, index) => from + index * 10);
}
