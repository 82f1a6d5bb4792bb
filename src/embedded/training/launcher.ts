import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { systemCode } from '../../errors.ts';
import { formatChildFailure } from './child-failure.ts';
import { PretendFailure } from './failure.ts';

export interface LaunchOptions {
  python: string;
  ranks: number;
  /** The script and its arguments. */
  script: string[];
}

interface Ended {
  rank: number;
  pid: number;
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** As torchrun waits between TERM and KILL. */
const graceMs = 30_000;

/**
 * Starts the ranks, each in a session of its own, and waits for them. The first that fails takes the others with it; so does a signal to
 * this process.
 */
export async function launchRanks(options: LaunchOptions): Promise<void> {
  const children = Array.from({ length: options.ranks }, (_, rank) => startRank(options, rank));
  const ends = children.map(waitForEnd);
  const stop = await Promise.race([
    waitForSignal(),
    Promise.all(ends.map((end) => end.then(failIfFailed))).then(
      () => null,
      (failed: RankFailed) => failed.ended,
    ),
  ]);
  if (stop === null) return;
  await stopRanks(children, ends);
  if (typeof stop === 'string') {
    throw new PretendFailure(
      `torch.distributed.elastic.multiprocessing.api.SignalException: Process ${process.pid} got signal: ${stop}`,
    );
  }
  throw new PretendFailure(
    formatChildFailure({ ...stop, script: options.script[0] ?? '', python: options.python, host: hostname() }),
  );
}

class RankFailed extends Error {
  readonly ended: Ended;

  constructor(ended: Ended) {
    super(`rank ${ended.rank} failed`);
    this.ended = ended;
  }
}

function startRank({ python, ranks, script }: LaunchOptions, rank: number): ChildProcess {
  const env = {
    ...process.env,
    RANK: String(rank),
    LOCAL_RANK: String(rank),
    WORLD_SIZE: String(ranks),
    LOCAL_WORLD_SIZE: String(ranks),
    GROUP_RANK: '0',
    MASTER_ADDR: 'localhost',
    MASTER_PORT: '29500',
    OMP_NUM_THREADS: process.env['OMP_NUM_THREADS'] ?? '1',
    TORCHELASTIC_RUN_ID: process.env['TORCHELASTIC_RUN_ID'] ?? 'none',
  };
  return spawn(python, ['-u', ...script], { env, detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
}

function waitForEnd(child: ChildProcess, rank: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ rank, pid: child.pid ?? 0, code, signal }));
  });
}

function failIfFailed(ended: Ended): void {
  if (ended.code !== 0) throw new RankFailed(ended);
}

function waitForSignal(): Promise<NodeJS.Signals> {
  // Without a listener Node would open its debugger.
  process.on('SIGUSR1', () => undefined);
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => resolve(name));
  });
}

async function stopRanks(children: ChildProcess[], ends: Promise<Ended>[]): Promise<void> {
  signalRanks(children, 'SIGTERM');
  const patience = new AbortController();
  const all = Promise.all(ends);
  await Promise.race([all, wait(graceMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
  patience.abort();
  signalRanks(children, 'SIGKILL');
  await all;
}

function signalRanks(children: ChildProcess[], name: NodeJS.Signals): void {
  for (const child of children) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) continue;
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if (systemCode(error) !== 'ESRCH') throw error;
    }
  }
}
