import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { addToKernelLog, describeCardMemoryError, describeKilledForMemory } from '../kernel-log.ts';
import { deathBySignal, PretendFailure } from './failure.ts';
import { endIfOld, liveOn } from './life.ts';
import {
  describeCardError,
  describeCollectiveTimeout,
  describeDeath,
  describeLostLoader,
  describeOutOfMemory,
  describeSegmentationFault,
} from './failure-texts.ts';
import { waitForLostRank } from './lost-rank.ts';
import { isStruck } from './run.ts';
import type { Run } from './run.ts';

/** How the faults that stop a run at a step do it. One that returns ends the run as if all were well. */
const ends: Readonly<Record<string, (run: Run) => void | Promise<void>>> = {
  'exit-early': () => undefined,
  oom: (run) => fail(describeOutOfMemory(run)),
  hang: hangWithWatchdog,
  'silent-all': ({ limits }) => liveOn(limits),
  'nccl-timeout': (run) => strike(run, () => die('SIGABRT', describeCollectiveTimeout(run))),
  segfault: (run) => strike(run, () => die('SIGSEGV', describeSegmentationFault(run))),
  killed: (run) => strike(run, () => dieForMemory(run)),
  die: (run) => fail(describeDeath(run)),
  'cpu-dies': (run) => fail(describeLostLoader(run)),
  xid: (run) => strike(run, () => failOfCard(run)),
};

export interface End {
  step: number;
  act: () => void | Promise<void>;
}

/** The first of the faults that were asked for and still lie ahead; null: the run goes to its last step. */
export function findEnd(run: Run): End | null {
  if (lacksRank(run)) return { step: run.step, act: () => hangWithWatchdog(run) };
  const ahead = Object.entries(ends).flatMap(([name, act]) => {
    if (name === 'cpu-dies' && run.card !== null) return [];
    const step = run.faults.stepOf(name, run.config.steps);
    return step === null || step <= run.step || step > run.config.steps ? [] : [{ step, act: () => act(run) }];
  });
  return ahead.sort((one, other) => one.step - other.step)[0] ?? null;
}

/** `rank-missing`: rank 1 never begins, and the others wait for it in their first collective operation. */
export function lacksRank({ faults, rank }: Pick<Run, 'faults' | 'rank'>): boolean {
  return faults.has('rank-missing') && rank.worldSize > 1;
}

/** Makes no further step and heeds nothing; only the watchdog still writes. */
async function hangWithWatchdog({ config, rank, limits, outputs }: Run): Promise<void> {
  if (rank.rank === 0) writeFileSync(join(config.outDir, '.anomaly_type'), 'heartbeat_stall\n');
  for (;;) {
    await endIfOld(limits);
    await wait(limits.watchdogSeconds * 1000);
    outputs.addRecord('watchdog_dump', 0);
  }
}

/** One rank fails; the others wait for it. */
async function strike(run: Run, failNow: () => never): Promise<void> {
  if (isStruck(run)) failNow();
  await waitForLostRank(run);
}

function dieForMemory({ pretendDir }: Run): never {
  for (const line of describeKilledForMemory(process.pid, 61_440)) addToKernelLog(pretendDir, line);
  return die('SIGKILL', '');
}

function failOfCard(run: Run): never {
  const { card, pretendDir } = run;
  if (card?.runtime !== 'CUDA') throw new PretendFailure('PRETEND_FAULT: xid is a fault of an NVIDIA card, and none is used', 2);
  for (const line of describeCardMemoryError(card.busId, process.pid)) addToKernelLog(pretendDir, line);
  return fail(describeCardError(run));
}

function fail(text: string): never {
  throw new PretendFailure(text);
}

function die(signal: NodeJS.Signals, text: string): never {
  throw deathBySignal(signal, text);
}
