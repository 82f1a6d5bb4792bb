import { rfc3339, rfc3339OrNull } from '../../clock.ts';
import { decideQueue, type Decision } from '../../queue/decide.ts';
import { describeWait } from '../../queue/describe-wait.ts';
import { readScene } from '../../queue/read-scene.ts';
import type { Wait } from '../../queue/wait.ts';
import { formatDaySpan, formatTimeOfDay } from '../../queue/windows/time-of-day.ts';
import type { EntryRecord } from '../../store/queue-records.ts';
import type { Store } from '../../store/store.ts';

/** An entry of the queue as `--json` shows it. */
export interface EntryDocument {
  id: string;
  name: string;
  playbook: string;
  point: string | null;
  host: string;
  params: Record<string, string>;
  /** What a ladder has changed of them. */
  changed: Record<string, string>;
  /** Those that were added together have the same. */
  batch: string;
  sweep: string | null;
  schedule: string | null;
  priority: number;
  after: EntryRecord['after'];
  state: EntryRecord['state'];
  /** The first of what it waits for, or why it ended as it did. */
  reason: string | null;
  /** All that it waits for. */
  waits: string[];
  window: string | null;
  yieldBy: string | null;
  zone: string;
  /** The last one that was made for it. */
  run: string | null;
  runs: string[];
  addedAt: string;
  /** When it must have left the host that it is on. */
  yieldsAt: string | null;
  endedAt: string | null;
}

/** How the queue stands, in its order: what is not over, and what has ended since. */
export function describeQueue(store: Store, now: number, endedSince: number | null): EntryDocument[] {
  return store.snapshot(() => {
    const records = store.listEntries(endedSince);
    const open = endedSince === Number.POSITIVE_INFINITY ? records : store.queuedEntries();
    const decisions = new Map(decideQueue(readScene(store, now, open)).map((decision) => [decision.entry.id, decision]));
    const describe = describeWaits(now);
    const time = describeTimes();
    return records.map((entry) => describeEntry(entry, explain(store, entry, decisions.get(entry.id), describe), time));
  });
}

type DescribeWait = (entry: EntryRecord, wait: Wait) => string;

/** Thousands of entries of few zones share few waits: each is put into words once. */
function describeWaits(now: number): DescribeWait {
  const zones = new Map<string, Map<Wait, string>>();
  return (entry, wait) => {
    const known = zones.get(entry.zone) ?? new Map<Wait, string>();
    zones.set(entry.zone, known);
    const text = known.get(wait) ?? describeWait(entry, wait, now);
    known.set(wait, text);
    return text;
  };
}

/** What was added together has one time. */
function describeTimes(): (ms: number) => string {
  const known = new Map<number, string>();
  return (ms) => {
    const text = known.get(ms) ?? rfc3339(ms);
    known.set(ms, text);
    return text;
  };
}

function explain(store: Store, entry: EntryRecord, decision: Decision | undefined, describe: DescribeWait): string[] {
  if (entry.state === 'running') return explainRun(store, entry);
  if (decision?.kind === 'wait') return decision.waits.map((wait) => describe(entry, wait));
  if (decision?.kind === 'never') return [decision.reason];
  return decision === undefined ? [] : ['nothing: it starts with the next look of fleet daemon or fleet queue run'];
}

function explainRun(store: Store, { runs }: EntryRecord): string[] {
  const run = store.readRun(runs.at(-1) ?? '');
  if (run?.state === 'blocked') return [`its run ${run.id} waits for a person: fleet status ${run.id} says for what`];
  return [];
}

function describeEntry(entry: EntryRecord, waits: string[], time: (ms: number) => string): EntryDocument {
  const { id, name, playbook, point, host, params, changed, batch, sweep, schedule, priority, after, state, zone, runs } = entry;
  return {
    id,
    name,
    playbook,
    point,
    host,
    params,
    changed,
    batch,
    sweep,
    schedule,
    priority,
    after,
    state,
    reason: state === 'held' && entry.reason !== null ? entry.reason : (waits[0] ?? entry.reason),
    waits,
    window: entry.mayStart === null ? null : formatDaySpan(entry.mayStart),
    yieldBy: entry.yieldBy === null ? null : formatTimeOfDay(entry.yieldBy),
    zone,
    run: runs.at(-1) ?? null,
    runs,
    addedAt: time(entry.addedAt),
    yieldsAt: state === 'running' ? rfc3339OrNull(entry.yieldsAt) : null,
    endedAt: rfc3339OrNull(entry.endedAt),
  };
}
