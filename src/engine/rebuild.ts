import { hostOf } from '../language/place.ts';
import { isResult } from '../lifecycle/states.ts';
import { isSameMachine } from '../remote/identity.ts';
import { listRecords, readRecord, type KeptRecord, type KeptRecords } from '../remote/records.ts';
import type { ImportedRun } from '../store/records.ts';
import { createScrubber } from '../scrubber.ts';
import { openHostSession, type HostSession } from './host-session.ts';
import { readKeptRun, type KeptRun } from './kept-record.ts';
import { describeOwner } from './owner.ts';
import type { EngineParts } from './parts.ts';
import { describeRun, type PlannedHost } from './plan.ts';

/** A controller speaks at least this often to the machine that its run has, unless it is gone. */
const livesSeconds = 60;

export interface Rebuilt {
  /** Ids, in the order of their names on the host. */
  added: string[];
  known: string[];
  /** Why the others were left alone, a sentence each. */
  left: string[];
}

/**
 * Puts the runs that a host knows into the store. Those that the store has are not touched. One that has a live controller, of another store that
 * nobody has lost, is left alone unless `takeOver`.
 */
export async function rebuildFrom(
  parts: EngineParts,
  { host, address }: { host: PlannedHost; address: string | null },
  options: { takeOver: boolean; signal: AbortSignal },
): Promise<Rebuilt> {
  const session = openHostSession(
    parts,
    host,
    { worker: 0, address },
    {
      run: 'rebuild',
      scrubber: createScrubber([], []),
      contact: { reached: () => undefined, missed: () => undefined },
      signal: options.signal,
      patienceMs: 0,
      machine: () => null,
    },
  );
  const kept = await session.callOnce(listRecords());
  const rebuilt: Rebuilt = { added: [], known: [], left: [] };
  for (const record of kept.records) await addRun(parts, session, { host, kept, record, takeOver: options.takeOver }, rebuilt);
  return rebuilt;
}

interface Found {
  host: PlannedHost;
  kept: KeptRecords;
  record: KeptRecord;
  takeOver: boolean;
}

async function addRun(parts: EngineParts, session: HostSession, found: Found, rebuilt: Rebuilt): Promise<void> {
  const { host, kept, record, takeOver } = found;
  const { run } = record;
  if (parts.store.readRun(run) !== null) {
    rebuilt.known.push(run);
    return;
  }
  const text = await session.callOnce(readRecord(run));
  const keptRun = readKeptRun(text, run);
  const why = keptRun === null ? 'its record cannot be read' : explainLeft(keptRun, host, kept, takeOver);
  if (keptRun === null || why !== null) {
    rebuilt.left.push(`run ${run}: left alone: ${why ?? ''}`);
    return;
  }
  const { plan, workers, checks, criteria, flags, progress, tries = [], offsets } = keptRun;
  const added = parts.store.importRun({
    run: { ...describeRun(plan, keptRun.run.createdAt), profile: keptRun.run.profile ?? plan.profile },
    record: { ...keptRun.run, ...standingOf(keptRun, record) },
    token: record.token,
    ...{ workers, checks, criteria, flags, progress, tries, offsets },
    event: { at: parts.clock.now(), kind: 'rebuilt', text: `rebuilt from ${host.name} by ${describeOwner(parts.owner)}` },
  });
  (added ? rebuilt.added : rebuilt.known).push(run);
}

function explainLeft(
  { plan, workers, end }: KeptRun,
  { name }: PlannedHost,
  { incarnation, held }: KeptRecords,
  takeOver: boolean,
): string | null {
  const asked = workers.find(({ host, worker }) => hostOf(host) === name && worker === 0) ?? workers[0];
  const startedOn = asked?.incarnation ?? null;
  if (startedOn !== null && !isSameMachine(startedOn, incarnation)) return `it is on another machine: ${startedOn}`;
  const own = held.find(({ run, secondsAgo }) => run === plan.run && secondsAgo < livesSeconds);
  if (end !== null || takeOver || own === undefined) return null;
  return `a controller has spoken for it ${own.secondsAgo} s ago: ${own.owner}; --take-over takes it all the same`;
}

/** Where the walk begins again: what is on the host is adopted from there, whatever had been reached. */
function standingOf(
  { run, end }: KeptRun,
  { attempt, halt }: KeptRecord,
): Pick<ImportedRun['record'], 'state' | 'verdict' | 'outcome' | 'endedAt'> {
  if (end !== null && isResult(end.state)) return { ...end, verdict: run.verdict };
  const active = { outcome: null, endedAt: null };
  if (halt) return { ...active, state: 'halting', verdict: run.verdict };
  if (attempt > 0) return { ...active, state: 'launching', verdict: 'GO' };
  return { ...active, state: 'queued', verdict: null };
}
