import { cameToNothing } from '../lifecycle/came-to-nothing.ts';
import type { Ladder } from '../playbook/playbook.ts';
import type { EntryChange, EntryRecord, Yielding } from '../store/queue-records.ts';
import type { RunRecord } from '../store/records.ts';
import { nameCombination } from './matrix.ts';

const firstWaitMs = 60_000;
const longestWaitMs = 15 * 60_000;

/** What else is known of a run that has ended. */
export interface RunFacts {
  now: number;
  /** The class of what its last attempt failed of. */
  failure: string | null;
  /** Of its playbook. */
  ladder: Ladder | null;
  isBudgetUsed: boolean;
  /** How many of its runs in a row, this one the last, have not come to a job. */
  triesInVain: number;
  /** How many of its runs in a row, this one the last, have left no checkpoint that is whole. */
  withoutCheckpoint: number;
}

/** After so many nights that have left nothing the next one would be lost, too. */
const mostWithoutCheckpoint = 2;

/**
 * What becomes of an entry by its run. Null: nothing yet. A run that never got as far as its job, because the host was not reached or somebody else had
 * it, is no failure of the entry: it waits, each time longer.
 */
export function settleEntry(entry: EntryRecord, run: RunRecord, facts: RunFacts): EntryChange | null {
  const { outcome, message } = run;
  if (outcome === null) return null;
  const { result, reason } = outcome;
  const { now } = facts;
  const change = { from: ['running'] as const, at: now };
  const said = `run ${run.id} ${result}${reason === null ? '' : ` (${reason})`}`;
  const why = message === null ? said : `${said}: ${firstLine(message)}`;
  if (result === 'succeeded') return { ...change, to: 'done', reason: null };
  const yielding = findYielding(entry, run, facts);
  if (yielding !== null) return yielded(entry, run, { yielding, ...facts }, change);
  if (cameToNothing(run)) return { ...change, to: 'waiting', reason: why, notBefore: now + waitAfter(facts.triesInVain) };
  return failed(entry, run, facts, { ...change, to: 'failed', reason: why });
}

/** Whether the rest of the batch is to wait for a person: not for a point that was given up, and not for what a person has stopped. */
export function stopsOthers({ onFailure }: EntryRecord, run: RunRecord, { to, failures }: EntryChange): boolean {
  return onFailure === 'stop' && to === 'failed' && failures !== undefined && hasFailed(run) && !isHopeless(run);
}

/** What a person has stopped, and what is hopeless, is not tried again. The next rung of the ladder comes before the same once more. */
function failed(entry: EntryRecord, run: RunRecord, facts: RunFacts, change: EntryChange): EntryChange {
  const { retries, failures } = entry;
  const isTriedAgain = hasFailed(run) && !isHopeless(run);
  const rung = isTriedAgain ? takeRung(entry, run, facts, change) : null;
  if (rung !== null) return rung;
  const counted = { ...change, failures: failures + 1 };
  if (!isTriedAgain || failures >= retries) return counted;
  return { ...counted, to: 'waiting', reason: `${change.reason ?? ''}; it is tried again, ${failures + 1} of ${retries} times` };
}

function takeRung(
  { rung, changed, runs }: EntryRecord,
  { outcome }: RunRecord,
  { failure, ladder }: RunFacts,
  change: EntryChange,
): EntryChange | null {
  const next = ladder?.rungs[rung];
  const isOfLadder = [failure, outcome?.reason].some((cause) => ladder?.on.includes(cause ?? '') === true);
  if (ladder === null || next === undefined || !isOfLadder) return null;
  const params = nameCombination(next);
  const reason = `${change.reason ?? ''}; it is tried again with ${params}, rung ${rung + 1} of ${ladder.rungs.length}`;
  return { ...change, to: 'waiting', reason, rung: rung + 1, runsBefore: runs.length, changed: { ...changed, ...next } };
}

function hasFailed({ outcome }: RunRecord): boolean {
  return outcome?.result === 'failed' || outcome?.result === 'lost';
}

function isHopeless({ outcome }: RunRecord): boolean {
  return outcome?.reason === 'hopeless';
}

/** It was told to go, or the limit that its plan got from the night or the budget has stopped it while nobody was there. */
function findYielding(
  { yielding, yieldsAt }: EntryRecord,
  { outcome, endedAt }: RunRecord,
  { isBudgetUsed }: RunFacts,
): Yielding | null {
  if (yielding !== null || outcome?.reason !== 'time-limit') return yielding;
  if (yieldsAt !== null && endedAt !== null && endedAt >= yieldsAt) return 'night';
  return isBudgetUsed ? 'budget' : null;
}

/** What was not begun has lost nothing, and what can go on keeps what it has saved. */
function yielded(
  { canGoOn, yieldsAt }: EntryRecord,
  { id, startedAt }: RunRecord,
  { yielding, withoutCheckpoint }: Pick<RunFacts, 'withoutCheckpoint'> & { yielding: Yielding },
  change: Pick<EntryChange, 'from' | 'at'>,
): EntryChange {
  const said = `run ${id} ${yielding === 'night' ? 'had to yield' : 'had to end, since the budget of its sweep is used up'}`;
  if (startedAt !== null && !canGoOn)
    return { ...change, to: 'failed', reason: `${said}: it was not done, and nothing can go on from it` };
  if (startedAt !== null && withoutCheckpoint >= mostWithoutCheckpoint)
    return {
      ...change,
      to: 'held',
      reason: `${said}, and ${withoutCheckpoint} runs in a row have left no checkpoint that is whole`,
    };
  const reason = `${said}; ${describeNext(startedAt, withoutCheckpoint)}`;
  return yielding === 'budget'
    ? { ...change, to: 'held', reason, yielding }
    : { ...change, to: 'waiting', reason, notBefore: yieldsAt };
}

function describeNext(startedAt: number | null, withoutCheckpoint: number): string {
  if (startedAt === null) return 'its job had not begun';
  return withoutCheckpoint > 0 ? 'it has left no checkpoint of its own' : 'it goes on from its checkpoint';
}

function waitAfter(tries: number): number {
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(10, Math.max(0, tries - 1)));
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
