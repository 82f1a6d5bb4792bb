import type { EntryChange, EntryRecord } from '../store/queue-records.ts';
import type { RunRecord } from '../store/records.ts';

const busyWaitMs = 60_000;
const firstWaitMs = 60_000;
const longestWaitMs = 15 * 60_000;

/**
 * What becomes of an entry by its run. Null: nothing yet. A run that never got as far as its job, because the host was not reached or somebody else had
 * it, is no failure of the entry: it waits, each time longer.
 */
export function settleEntry(entry: EntryRecord, run: RunRecord, now: number): EntryChange | null {
  const { outcome, message, startedAt } = run;
  if (outcome === null) return null;
  const { result, reason } = outcome;
  const change = { from: ['running'] as const, at: now };
  const said = `run ${run.id} ${result}${reason === null ? '' : ` (${reason})`}`;
  const why = message === null ? said : `${said}: ${firstLine(message)}`;
  if (result === 'succeeded') return { ...change, to: 'done', reason: null };
  if (hadToYield(entry, run)) return yielded(entry, run, change);
  if (startedAt === null && (reason === 'host-busy' || reason === 'quarantined'))
    return { ...change, to: 'waiting', reason: why, notBefore: now + busyWaitMs };
  if (result === 'cancelled' && reason !== null)
    return { ...change, to: 'waiting', reason: why, notBefore: now + waitAfter(entry.runs.length) };
  return failed(entry, run, { ...change, to: 'failed', reason: why });
}

/** What a person has stopped is not tried again. */
function failed({ retries, failures }: EntryRecord, { outcome }: RunRecord, change: EntryChange): EntryChange {
  const isTriedAgain = failures < retries && (outcome?.result === 'failed' || outcome?.result === 'lost');
  const counted = { ...change, failures: failures + 1 };
  if (!isTriedAgain) return counted;
  return { ...counted, to: 'waiting', reason: `${change.reason ?? ''}; it is tried again, ${failures + 1} of ${retries} times` };
}

/** It was told to go, or the limit that its plan got from the time to yield has stopped it while nobody was there. */
function hadToYield({ yielding, yieldsAt }: EntryRecord, { outcome, endedAt }: RunRecord): boolean {
  const wasLate = yieldsAt !== null && endedAt !== null && endedAt >= yieldsAt;
  return yielding || (wasLate && outcome?.reason === 'time-limit');
}

function yielded(entry: EntryRecord, { id }: RunRecord, change: Pick<EntryChange, 'from' | 'at'>): EntryChange {
  if (!entry.canGoOn)
    return { ...change, to: 'failed', reason: `run ${id} had to yield before it was done, and nothing can go on from it` };
  return {
    ...change,
    to: 'waiting',
    reason: `run ${id} had to yield; it goes on from its checkpoint`,
    notBefore: entry.yieldsAt,
  };
}

function waitAfter(tries: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(10, Math.max(0, tries - 1)));
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
