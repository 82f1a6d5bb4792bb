import { exitCodes, FleetError, messageOf } from '../errors.ts';
import { isResult } from '../lifecycle/states.ts';
import type { Lease, NewEvent, Owner, RunRecord } from '../store/store.ts';
import { advance } from './advance.ts';
import type { Drive } from './drive.ts';
import { anotherMachine, openHostSession, type Contact } from './host-session.ts';
import { answerStart, asksNothing } from './job/answer-start.ts';
import { askForLease, keepLease, type LeaseKeeper } from './keep-lease.ts';
import { LeaseLost } from './lease-lost.ts';
import { describeOwner } from './owner.ts';
import type { EngineParts } from './parts.ts';
import { readPlan } from './plan.ts';
import { resolveEnvironment } from './secrets.ts';

export interface DriveOptions {
  signal: AbortSignal;
  /** Replace a live controller. */
  takeOver: boolean;
  leaveWhenRunning?: boolean;
  /** What a person says about a blocked start: whether the job had begun. */
  started?: boolean;
  /** How long a host may stay silent before its failure is thrown; for ever when left out. */
  patienceMs?: number;
  /** What a person must know at once, and the store cannot tell. */
  notice?: (text: string) => void;
}

/**
 * Takes the lease of a run and walks it on, from wherever it stands, until it has a result, waits for a person, or `signal` aborts. A first
 * launch and a resume are the same walk. Throws LeaseLost when another controller takes over.
 */
export async function driveRun(parts: EngineParts, run: string, options: DriveOptions): Promise<RunRecord> {
  const { state } = readRun(parts, run);
  const { started } = options;
  if (started !== undefined && state !== 'blocked') throw asksNothing(run, state);
  if (!isResult(state)) {
    await holdRun(parts, run, options, async (drive) => {
      if (started !== undefined) await answerStart(drive, started);
      await advance(drive);
    });
  }
  return readRun(parts, run);
}

/**
 * Does `work` for a run while holding its lease, whatever state the run is in. What `begin` writes is stored together with the taking of the lease: both,
 * or nothing.
 */
export async function holdRun(
  parts: EngineParts,
  run: string,
  options: DriveOptions & { begin?: (drive: Drive) => void },
  work: (drive: Drive) => Promise<void>,
): Promise<void> {
  const before = readRun(parts, run);
  const lost = new AbortController();
  const signal = AbortSignal.any([options.signal, lost.signal]);
  const { drive, keeper } = parts.store.together(() => {
    const keeper = keepLease(parts, takeLease(parts, run, options.takeOver), lost, options.notice ?? (() => undefined));
    const drive = makeDrive(parts, before, keeper, { ...options, signal });
    options.begin?.(drive);
    return { drive, keeper };
  });
  keeper.start();
  try {
    await work(drive);
  } finally {
    keeper.end();
  }
}

function takeLease(parts: EngineParts, run: string, takeOver: boolean): Lease {
  const answer = askForLease(parts, run, takeOver);
  if (!answer.taken) throw heldBy(run, answer.owner, answer.since);
  if (answer.previous !== null) {
    const text = `taken over from ${describeOwner(answer.previous)} by ${describeOwner(parts.owner)}`;
    parts.store.recordEvent(answer.lease, { at: parts.clock.now(), kind: 'taken-over', text });
  }
  return answer.lease;
}

function heldBy(run: string, owner: Owner, since: number): FleetError {
  return new FleetError(`run ${run}: ${describeOwner(owner)} drives it since ${new Date(since).toISOString()}`, {
    code: 'run-held',
    exit: exitCodes.couldNot,
    suggestions: [`fleet watch ${run} attaches to it`, `fleet resume ${run} --take-over replaces that controller`],
  });
}

function makeDrive(parts: EngineParts, before: RunRecord, keeper: LeaseKeeper, options: DriveOptions): Drive {
  const { signal } = options;
  const { lease } = keeper;
  const run = before.id;
  const plan = readPlan(before.plan);
  const [host] = plan.hosts;
  const [target] = plan.targets;
  if (host === undefined || target === undefined)
    throw new FleetError(`run ${run}: its plan has no target`, { code: 'defect', exit: exitCodes.couldNot });
  const environment = resolveEnvironment(plan.playbook.env, parts.environment);
  const must = (landed: boolean) => {
    if (!landed) throw new LeaseLost(run);
  };
  const event = (kind: string, text: string, detail?: unknown): NewEvent => ({
    at: parts.clock.now(),
    kind,
    text: environment.scrubber.scrubText(text),
    ...(detail === undefined ? {} : { detail }),
  });
  const contact = makeContact(parts, before, lease, event);
  return {
    parts,
    plan,
    host,
    lease,
    actor: { run, token: lease.token },
    session: openHostSession(parts, host, target.address, {
      run,
      scrubber: environment.scrubber,
      contact,
      signal,
      patienceMs: options.patienceMs ?? Number.POSITIVE_INFINITY,
      machine: () => readMachine(parts, run),
    }),
    environment,
    signal,
    leaveWhenRunning: options.leaveWhenRunning ?? false,
    record: () => readRun(parts, run),
    event,
    tell: (kind, text, detail) => must(parts.store.recordEvent(lease, event(kind, text, detail))),
    transition: (transition) => must(parts.store.transition(lease, transition)),
    must,
    waitForStore: (trouble) => keeper.waitForStore(trouble, signal),
  };
}

/** A queued run may still begin on whatever machine is at the address. */
function readMachine(parts: EngineParts, run: string): string | null {
  return readRun(parts, run).state === 'queued' ? null : (parts.store.readWorkers(run)[0]?.incarnation ?? null);
}

/** Reachability is an axis of its own: it is recorded when it changes, and never touches the state. Each miss says when the next try is. */
function makeContact(parts: EngineParts, before: RunRecord, lease: Lease, event: Drive['event']): Contact {
  const { store, clock } = parts;
  let last = before.reachability;
  let isWaiting = before.nextTryAt !== null;
  return {
    reached: () => {
      if (last === 'reachable' && !isWaiting) return;
      const news = last === 'reachable' ? null : event('reachable', 'the host answers');
      store.recordReachability(lease, 'reachable', clock.now(), news);
      last = 'reachable';
      isWaiting = false;
    },
    missed: (error, nextTryMs) => {
      const reachability = error.code === anotherMachine ? 'unknown' : 'unreachable';
      const now = clock.now();
      const text = `${messageOf(error)}; next try in ${Math.ceil(nextTryMs / 1000)} s, the job is not touched`;
      store.recordReachability(
        lease,
        reachability,
        now,
        last === reachability ? null : event(reachability, text),
        now + nextTryMs,
      );
      last = reachability;
      isWaiting = true;
    },
  };
}

export function readRun(parts: EngineParts, run: string): RunRecord {
  const record = parts.store.readRun(run);
  if (record === null) throw new FleetError(`there is no run "${run}"`, { code: 'run-not-found', exit: exitCodes.usage });
  return record;
}
