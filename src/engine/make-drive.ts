import { exitCodes, FleetError, messageOf } from '../errors.ts';
import type { Lease, NewEvent, RunRecord } from '../store/records.ts';
import type { Drive, DriveOptions } from './drive.ts';
import { anotherMachine, openHostSession, type Contact } from './host-session.ts';
import type { LeaseKeeper } from './keep-lease.ts';
import { LeaseLost } from './lease-lost.ts';
import type { EngineParts } from './parts.ts';
import { planInProfile } from './plan.ts';
import { readPlan } from './read-plan.ts';
import { resolveEnvironments } from './profile-environments.ts';

/** What every part of the walk works with, for a run whose lease is held. */
export function makeDrive(parts: EngineParts, before: RunRecord, keeper: LeaseKeeper, options: DriveOptions): Drive {
  const { signal } = options;
  const { lease } = keeper;
  const run = before.id;
  const planned = readPlan(before.plan);
  const plan = planInProfile(planned, before.profile);
  const [host] = plan.hosts;
  const [target] = plan.targets;
  if (host === undefined || target === undefined)
    throw new FleetError(`run ${run}: its plan has no target`, { code: 'defect', exit: exitCodes.couldNot });
  const environments = resolveEnvironments(planned, parts.environment);
  const { scrubber } = environments;
  const must = (landed: boolean) => {
    if (!landed) throw new LeaseLost(run);
  };
  const event = (kind: string, text: string, detail?: unknown): NewEvent => ({
    at: parts.clock.now(),
    kind,
    text: scrubber.scrubText(text),
    ...(detail === undefined ? {} : { detail }),
  });
  const contact = makeContact(parts, before, lease, event);
  return {
    parts,
    get plan() {
      return planned.fallback ? planInProfile(planned, readRun(parts, run).profile) : plan;
    },
    host,
    lease,
    actor: { run, token: lease.token },
    session: openHostSession(parts, host, target, {
      run,
      scrubber,
      contact,
      signal,
      patienceMs: options.patienceMs ?? Number.POSITIVE_INFINITY,
      machine: () => readMachine(parts, run),
    }),
    get environment() {
      return environments.of(this.plan.playbook);
    },
    environments,
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
