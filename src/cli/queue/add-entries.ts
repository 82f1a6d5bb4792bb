import { findTooLong } from '../../queue/decide.ts';
import { describeWait } from '../../queue/describe-wait.ts';
import { ruleOf } from '../../queue/shared-waits.ts';
import { findNight } from '../../queue/windows/night.ts';
import { usageError } from '../../errors.ts';
import { formatProblem } from '../../problem.ts';
import type { EntryRecord, NewEntry } from '../../store/queue-records.ts';
import type { Store } from '../../store/store.ts';
import type { Context } from '../context.ts';
import type { AddWords } from './add-flags.ts';
import { planEntries } from './plan-entries.ts';

const shownWarnings = 20;

export interface Added {
  ids: string[];
  /** What the person should know, a line each. */
  notices: string[];
}

/** Adds what the words ask for, or nothing of it. What waits or runs already is refused, unless it is wanted again. */
export async function addEntries(context: Context, words: AddWords): Promise<Added> {
  const { entries, warnings, notices } = await planEntries(context, words, { schedule: null, folder: process.cwd() });
  const store = await context.openStore();
  // One write: of two that add the same at once, one is refused.
  const before = store.together(() => {
    const known = store.listEntries(null);
    if (!words.again) refuseOpen(entries, known);
    store.addEntries(entries);
    return known;
  });
  return {
    ids: entries.map(({ id }) => id),
    notices: [
      ...atMost([...new Set(warnings.map(formatProblem))]),
      ...notices,
      ...entries.flatMap((entry) => noticeDone(entry, before)),
      ...entries.flatMap((entry) => noticeTooLong(store, entry, context.clock.now())),
    ],
  };
}

/** Over hundreds of values the same finding comes hundreds of times, each with its own numbers. */
function atMost(lines: readonly string[]): string[] {
  const more = lines.length - shownWarnings;
  return more <= 0 ? [...lines] : [...lines.slice(0, shownWarnings), `${more} more warnings like these`];
}

function refuseOpen(entries: readonly NewEntry[], before: readonly EntryRecord[]): void {
  const open = before.filter(({ endedAt }) => endedAt === null);
  const found = open.find(({ name }) => entries.some((entry) => entry.name === name));
  if (found === undefined) return;
  throw usageError('point-twice', `${found.name} is in the queue already: entry ${found.id}, ${found.state}`, [
    '--again adds it once more',
    `fleet queue explain ${found.id} says what it waits for`,
  ]);
}

function noticeDone({ name }: NewEntry, before: readonly EntryRecord[]): string[] {
  const found = before.findLast((entry) => entry.name === name && entry.state === 'done');
  return found === undefined ? [] : [`${name} was done before: entry ${found.id}, run ${found.runs.at(-1) ?? ''}`];
}

/** What cannot be done in a night is told now, by what was measured. */
function noticeTooLong(store: Store, entry: NewEntry, now: number): string[] {
  const night = findNight(ruleOf(entry), findNight(ruleOf(entry), now).closesAt);
  const seconds = store.readWorkSeconds(entry.playbook, entry.hosts[0] ?? '', entry.point);
  const wait = Number.isFinite(night.closesAt) ? findTooLong(entry, night, seconds) : null;
  return wait === null ? [] : [`${entry.name}: ${describeWait(entry, wait, now)}`];
}
