import { exitCodes, FleetError } from '../errors.ts';
import type { NewEvent, RunRecord, TargetRecord } from '../store/records.ts';
import type { Drive, DriveOptions } from './drive.ts';
import { makeContacts } from './contacts.ts';
import { openHostSession } from './host-session.ts';
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
  const record = () => readRun(parts, run);
  const contacts = makeContacts(parts, before, lease, { targets: plan.targets, event });
  const patienceMs = options.patienceMs ?? Number.POSITIVE_INFINITY;

  const driveOf = (target: TargetRecord): Drive => {
    const host = plan.hosts.find(({ name }) => name === target.host);
    if (host === undefined) throw planWithout(run, `host "${target.host}"`);
    const machine = () => readMachine(parts, record(), target);
    const session = openHostSession(parts, host, target, {
      run,
      scrubber,
      contact: contacts(target),
      signal,
      patienceMs,
      machine,
    });
    return {
      parts,
      get plan() {
        return planned.fallback ? planInProfile(planned, record().profile) : plan;
      },
      target,
      host,
      get workers() {
        return workers;
      },
      lease,
      actor: { run, token: lease.token },
      session,
      get environment() {
        return environments.of(this.plan.playbook);
      },
      environments,
      signal,
      leaveWhenRunning: options.leaveWhenRunning ?? false,
      record,
      event,
      tell: (kind, text, detail) => must(parts.store.recordEvent(lease, event(kind, text, detail))),
      transition: (transition) => must(parts.store.transition(lease, transition)),
      must,
      waitForStore: (trouble) => keeper.waitForStore(trouble, signal),
    };
  };
  const workers = plan.targets.map(driveOf);
  const [first] = workers;
  if (first === undefined) throw planWithout(run, 'target');
  return first;
}

function planWithout(run: string, what: string): FleetError {
  return new FleetError(`run ${run}: its plan has no ${what}`, { code: 'defect', exit: exitCodes.couldNot });
}

/** A queued run may still begin on whatever machine is at the address. */
function readMachine(parts: EngineParts, { id, state }: RunRecord, { index }: TargetRecord): string | null {
  return state === 'queued' ? null : (parts.store.readWorkers(id)[index]?.incarnation ?? null);
}

export function readRun(parts: EngineParts, run: string): RunRecord {
  const record = parts.store.readRun(run);
  if (record === null) throw new FleetError(`there is no run "${run}"`, { code: 'run-not-found', exit: exitCodes.usage });
  return record;
}
