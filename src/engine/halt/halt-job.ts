import { exitCodes, FleetError } from '../../errors.ts';
import { acceleratorsFree } from '../../facts/accelerators-free.ts';
import { formatSize } from '../../language/units.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitState } from '../../remote/executor.ts';
import { lookForMembers, type Member } from '../../remote/members.ts';
import { readBaseline } from '../accelerator-baseline.ts';
import { watchCheckpoints } from '../checkpoints/watch-checkpoints.ts';
import { endRun } from '../end-run.ts';
import { endFailed } from '../rollback/end-failed.ts';
import { setupOf } from '../author-script.ts';
import type { Drive } from '../drive.ts';
import { namePlace, ofWorker } from '../gang/name-workers.ts';
import { onAll } from '../gang/on-all.ts';
import { findDecider } from '../gang/worker-failed.ts';
import { readEventsOf } from '../read-events.ts';
import { createJobMonitor } from '../job/job-monitor.ts';
import { askForAccelerators } from '../probe.ts';
import { jobPlace } from '../job/job.ts';
import { readWish, type HaltWish } from './wish-halt.ts';

const lookEveryMs = 400;
/** A survivor is told of after this long without a move of the guard; the run stays `halting`, and the next halt looks again. */
const survivorSeconds = 20;
/** The guard looks twice before it writes down that all are gone, and what it did is told to its end. */
const lastMoveMs = 20_000;

/**
 * `halting`: the guard on each host asks, forces and looks; the controller follows it, and believes nothing but its own look: no process of the run in
 * any session, group, descent or environment. A host out of reach leaves the run `halting`, and keeps the others from nothing.
 */
export async function haltJob(drive: Drive): Promise<void> {
  const wish = readWish(drive);
  const told = new Set(readEventsOf(drive, 'halt-move').map(({ text }) => text));
  const halted = await Promise.allSettled(drive.workers.map((worker) => haltOn(worker, wish, told)));
  const errors = halted.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []));
  if (errors.length > 0) throw errors.find((error) => error instanceof Survivors) ?? errors[0];
  await conclude(
    drive,
    wish,
    halted.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
  );
}

/** Until nothing of the run is left on this worker. */
async function haltOn(drive: Drive, wish: HaltWish, told: Set<string>): Promise<UnitState> {
  const { clock } = drive.parts;
  const halting = await drive.session.call(
    detachedExecutor.requestHalt(drive.actor, { ...wish, attempt: drive.record().attempt }),
  );
  let quietSince = clock.monotonic();
  let overSince: number | null = null;
  for (;;) {
    const [state, members] = await Promise.all([
      drive.session.call(detachedExecutor.watch(drive.actor, jobPlace(drive))),
      drive.session.call(lookForMembers(drive.actor.run)),
    ]);
    for (const move of state.haltMoves.map((line) => describeMove(drive, line))) {
      if (told.has(move)) continue;
      told.add(move);
      quietSince = clock.monotonic();
      drive.tell('halt-move', move);
    }
    if (members.length === 0 && isOver(state)) {
      overSince ??= clock.monotonic();
      const isTold = hasLastMove(state) || (!halting.includes('job') && state.haltMoves.length === 0);
      if (isTold || clock.monotonic() - overSince > lastMoveMs) return state;
    }
    if (stays(state) && members.length > 0 && clock.monotonic() - quietSince > survivorSeconds * 1000)
      throw new Survivors(drive.actor.run, members);
    await clock.wait(lookEveryMs, drive.signal);
    drive.signal.throwIfAborted();
  }
}

/** Processes that not even KILL has ended: they are named, and the run stays `halting`. */
export class Survivors extends FleetError {
  readonly members: Member[];

  constructor(run: string, members: Member[]) {
    super(`run ${run}: still there after KILL: ${members.map(describeMember).join('; ')}`, {
      code: 'survivors',
      exit: exitCodes.didNotSucceed,
      suggestions: [`fleet halt ${run} looks again, and ends the run once they are gone`],
    });
    this.members = members;
  }
}

function describeMember({ pid, state, command }: Member): string {
  return `pid ${pid} ${command}${state === 'D' ? ' (stuck in the kernel)' : ''}`;
}

function isOver({ word }: UnitState): boolean {
  return word === 'absent' || word === 'exited' || word === 'gone' || word === 'claimed';
}

function hasStarted({ word }: UnitState): boolean {
  return word !== 'absent' && word !== 'claimed';
}

function hasLastMove({ haltMoves }: UnitState): boolean {
  return haltMoves.at(-1)?.endsWith(' gone') === true;
}

function stays({ haltMoves }: UnitState): boolean {
  return haltMoves.at(-1)?.includes('survivors') === true;
}

const moves: Record<string, string> = {
  sentinel: 'asked it to stop by',
  'sentinel-failed': 'could not make the sentinel',
  acknowledged: 'it stopped by itself',
  signal: 'sent',
  gone: 'no process of the run is left',
  survivors: 'still there after KILL:',
};

/** `1234 signal TERM` as the guard wrote it: seconds of the host's uptime, then the move. */
function describeMove(drive: Drive, line: string): string {
  const [, word = '', ...rest] = line.split(' ');
  return ofWorker(drive.plan.targets, drive.target, [moves[word] ?? word, ...rest].join(' '));
}

async function conclude(drive: Drive, wish: HaltWish, states: readonly UnitState[]): Promise<void> {
  if (states.some(({ word }) => word !== 'absent')) {
    const monitor = createJobMonitor(drive);
    while ((await monitor.look({ final: false, extraReasons: [], whole: true })).more) drive.signal.throwIfAborted();
    await monitor.look({ final: true, extraReasons: [] });
    await settleCheckpoints(drive);
  }
  await onAll(drive, tellDevices);
  const { reason, failure = 'halted-by-rule' } = wish;
  // What was wished for while the start was under way is known only now.
  const result = wish.result === 'cancelled' && states.some(hasStarted) ? 'halted' : wish.result;
  const event = drive.event('state', `${result}: proved gone on ${namePlace(drive)}`);
  const ending = { from: ['halting'] as const, event, message: reason };
  const outcome = { exitCode: states[findDecider(drive).target.index]?.exitCode ?? null, degraded: false };
  if (result === 'failed') {
    await endFailed(drive, { ...ending, to: result, outcome: { ...outcome, result, reason: failure } });
    return;
  }
  await endRun(drive, { ...ending, to: result, outcome: { ...outcome, result, reason: null } });
}

/** What it saved when it was asked to stop is what a later run goes on from. Nobody waits here for one that takes long to load. */
async function settleCheckpoints(drive: Drive): Promise<void> {
  const checkpoints = watchCheckpoints(drive);
  try {
    await checkpoints.lookLast();
  } finally {
    checkpoints.leave();
  }
}

/** What the accelerators hold after the halt, and who, beside what they held when the host was looked at before the run. */
async function tellDevices(drive: Drive): Promise<void> {
  if (drive.host.accelerators === null) return;
  const tell = (text: string) => drive.tell('halt-move', ofWorker(drive.plan.targets, drive.target, text));
  const answer = await drive.session.call(askForAccelerators(setupOf(drive), drive.host.slot));
  if (answer.kind !== 'found') {
    tell('the accelerators could not be looked at after the halt');
    return;
  }
  // A TPU tells of its memory only while a process uses it.
  if (answer.accelerators.every(({ memoryUsedBytes, vendor }) => memoryUsedBytes === null && vendor === 'google')) return;
  const before = readBaseline(drive);
  const used = answer.accelerators.map(({ index, memoryUsedBytes }) => {
    const earlier = before.find((accelerator) => accelerator.index === index)?.memoryUsedBytes ?? null;
    return `${index ?? '?'}: ${describeSize(memoryUsedBytes)} (${describeSize(earlier)} before the run)`;
  });
  const freedom = acceleratorsFree({ accelerators: answer });
  const held = freedom.kind === 'held' ? `; held by others: ${freedom.message}` : '';
  tell(`accelerator memory in use after the halt: ${used.join(', ')}${held}`);
}

function describeSize(bytes: number | null): string {
  return bytes === null ? 'unknown' : formatSize(bytes);
}
