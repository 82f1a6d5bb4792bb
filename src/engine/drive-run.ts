import { exitCodes, FleetError, messageOf } from '../errors.ts';
import { isResult } from '../lifecycle/states.ts';
import type { Reachability } from '../lifecycle/states.ts';
import type { Lease, NewEvent, Owner, RunRecord } from '../store/store.ts';
import { AnotherMachine } from './another-machine.ts';
import { advance } from './advance.ts';
import type { Drive } from './drive.ts';
import { openHostSession, type Contact } from './host-session.ts';
import { LeaseLost } from './lease-lost.ts';
import { describeOwner } from './owner.ts';
import type { EngineParts } from './parts.ts';
import { readPlan } from './plan.ts';
import { resolveEnvironment } from './secrets.ts';

const leaseMs = 30_000;
const renewEveryMs = 10_000;

export interface DriveOptions {
  signal: AbortSignal;
  /** Replace a live controller. */
  takeOver: boolean;
  leaveWhenRunning?: boolean;
  /** How long a host may stay silent before its failure is thrown; for ever when left out. */
  patienceMs?: number;
}

/**
 * Takes the lease of a run and walks it on, from wherever it stands, until it has a result, waits for a person, or `signal` aborts. A first
 * launch and a resume are the same walk. Throws LeaseLost when another controller takes over.
 */
export async function driveRun(parts: EngineParts, run: string, options: DriveOptions): Promise<RunRecord> {
  const before = readRun(parts, run);
  if (!isResult(before.state)) await holdRun(parts, run, options, advance);
  return readRun(parts, run);
}

/** Does `work` for a run while holding its lease, whatever state the run is in. */
export async function holdRun(
  parts: EngineParts,
  run: string,
  options: DriveOptions,
  work: (drive: Drive) => Promise<void>,
): Promise<void> {
  const before = readRun(parts, run);
  const lease = takeLease(parts, run, options.takeOver);
  const lost = new AbortController();
  const signal = AbortSignal.any([options.signal, lost.signal]);
  const renewal = setInterval(() => {
    try {
      if (!parts.store.renewLease(lease, parts.clock.now() + leaseMs)) lost.abort(new LeaseLost(run));
    } catch (error) {
      lost.abort(error);
    }
  }, renewEveryMs);
  try {
    await work(makeDrive(parts, before, lease, { ...options, signal }));
  } finally {
    clearInterval(renewal);
    parts.store.releaseLease(lease);
  }
}

function takeLease(parts: EngineParts, run: string, takeOver: boolean): Lease {
  const now = parts.clock.now();
  const answer = parts.store.takeLease(run, parts.owner, { ttlMs: leaseMs, now, takeOver });
  if (!answer.taken) throw heldBy(run, answer.owner, answer.since);
  if (answer.previous !== null) {
    const text = `taken over from ${describeOwner(answer.previous)} by ${describeOwner(parts.owner)}`;
    parts.store.recordEvent(answer.lease, { at: now, kind: 'taken-over', text });
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

function makeDrive(parts: EngineParts, before: RunRecord, lease: Lease, options: DriveOptions): Drive {
  const { signal } = options;
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
      belongsTo: () => parts.store.readWorkers(run)[0]?.incarnation ?? null,
      scrubber: environment.scrubber,
      contact,
      signal,
      patienceMs: options.patienceMs ?? Number.POSITIVE_INFINITY,
    }),
    environment,
    signal,
    leaveWhenRunning: options.leaveWhenRunning ?? false,
    record: () => readRun(parts, run),
    event,
    tell: (kind, text, detail) => must(parts.store.recordEvent(lease, event(kind, text, detail))),
    transition: (transition) => must(parts.store.transition(lease, transition)),
    must,
  };
}

/** Reachability is an axis of its own: it is recorded when it changes, and never touches the state. */
function makeContact(parts: EngineParts, before: RunRecord, lease: Lease, event: Drive['event']): Contact {
  let last = before.reachability;
  const record = (reachability: Reachability, text: string) => {
    if (last === reachability) return;
    last = reachability;
    parts.store.recordReachability(lease, reachability, parts.clock.now(), event(reachability, text));
  };
  return {
    reached: () => record('reachable', 'the host answers'),
    missed: (error, nextTryMs) =>
      record(
        error instanceof AnotherMachine ? 'unknown' : 'unreachable',
        `${messageOf(error)}; next try in ${Math.ceil(nextTryMs / 1000)} s, the job is not touched`,
      ),
  };
}

export function readRun(parts: EngineParts, run: string): RunRecord {
  const record = parts.store.readRun(run);
  if (record === null) throw new FleetError(`there is no run "${run}"`, { code: 'run-not-found', exit: exitCodes.usage });
  return record;
}
