import type { ProgressRecord, RunRecord } from '../store/records.ts';
import type { QueuedEntry, EntryState } from '../store/queue-records.ts';
import type { Store } from '../store/store.ts';
import type { Scene } from './decide.ts';
import type { Busy } from './wait.ts';
import { readUnusable } from './read-unusable.ts';

/** All that the store knows that a look at the queue goes by. `entries` left out: those that are not over. */
export function readScene(store: Store, now: number, entries: readonly QueuedEntry[] = store.queuedEntries()): Scene {
  return {
    now,
    entries,
    stateOf: readStates(store, entries),
    busy: readBusy(store, now),
    quarantined: new Map(store.listQuarantines().map(({ host, reason }) => [host, reason])),
    unusable: readUnusable(store, entries, now),
    secondsLeft: measureWork(store),
  };
}

/** Thousands may follow one. */
function readStates(store: Store, entries: readonly QueuedEntry[]): Scene['stateOf'] {
  let known: Map<string, EntryState | null> | undefined;
  return (id) => {
    known ??= new Map(entries.map((entry) => [entry.id, entry.state]));
    const state = known.get(id) ?? store.readEntry(id)?.state ?? null;
    known.set(id, state);
    return state;
  };
}

function readBusy(store: Store, now: number): Map<string, Busy> {
  const running = store.runningEntries();
  const yields = new Map(running.flatMap(({ runs, yieldsAt }) => runs.slice(-1).map((run) => [run, yieldsAt] as const)));
  const held = store.activeRuns().flatMap((run) => {
    const workers = store.readWorkers(run.id);
    const end = guessEnd(store, run, workers[0]?.host ?? '', now);
    const until = end === null ? null : Math.min(end, yields.get(run.id) ?? end);
    return workers.map(({ host }) => [host, { by: `run ${run.id} (${run.playbook}, ${run.state})`, until }] as const);
  });
  return new Map(held);
}

/** By its own rate when it was last looked at, else by how long the last one took. */
function guessEnd(store: Store, run: RunRecord, host: string, now: number): number | null {
  if (run.startedAt === null) return null;
  const eta = store.readProgress(run.id)?.etaSeconds ?? null;
  if (eta !== null) return Math.max(now, (run.observedAt ?? now) + eta * 1000);
  const usual = store.readWorkSeconds(run.playbook, host, run.point);
  return usual === null ? null : Math.max(now, run.startedAt + usual * 1000);
}

/** What was done by the last run of an entry that came to its job need not be done again where that can be gone on from. */
function measureWork(store: Store): (entry: QueuedEntry) => number | null {
  const measured = new Map<string, number | null>();
  const measureWhole = ({ playbook, hosts: [host = ''], point }: QueuedEntry) => {
    const key = `${playbook}\n${host}\n${point ?? ''}`;
    const known = measured.get(key);
    if (known !== undefined) return known;
    const seconds = store.readWorkSeconds(playbook, host, point);
    measured.set(key, seconds);
    return seconds;
  };
  return (entry) => {
    const whole = measureWhole(entry);
    const progress = entry.canGoOn ? readLastProgress(store, entry.runs.slice(entry.runsBefore)) : null;
    const { step = null, of = null, ratePerSecond: rate = null } = progress ?? {};
    if (step === null || of === null || of <= 0) return whole;
    const left = Math.max(0, of - step);
    if (rate !== null && rate > 0) return left / rate;
    return whole === null ? null : whole * (left / of);
  };
}

function readLastProgress(store: Store, runs: readonly string[]): ProgressRecord | null {
  for (const run of [...runs].reverse()) {
    const progress = store.readProgress(run);
    if (progress !== null) return progress;
  }
  return null;
}
