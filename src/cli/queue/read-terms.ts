import { usageError } from '../../errors.ts';
import { findZone, localZoneName } from '../../language/zone.ts';
import { parseDaySpan, parseTimeOfDay } from '../../queue/windows/time-of-day.ts';
import type { AfterWants, NewEntry } from '../../store/queue-records.ts';
import type { Context } from '../context.ts';
import type { AddWords } from './add-flags.ts';
import { findEntry } from './find-entry.ts';
import { readBudget } from './read-budget.ts';

/** What all entries of one command line have alike: when they may start, behind whom, and what becomes of them when one fails. */
export async function readTerms(context: Context, words: AddWords) {
  const zone = findZone(words.tz ?? localZoneName()).name;
  return {
    sweep: words.sweep ?? null,
    priority: words.priority,
    retries: words.retries,
    onFailure: words['on-failure'],
    budget: readBudget(words),
    after: words.after === undefined ? null : await readAfter(context, words.after),
    mayStart: words.window === undefined ? null : parseDaySpan(words.window, '--window'),
    yieldBy: words['yield-by'] === undefined ? null : parseTimeOfDay(words['yield-by'], '--yield-by'),
    zone,
    state: words.hold ? ('held' as const) : ('waiting' as const),
    addedAt: context.clock.now(),
  };
}

async function readAfter(context: Context, text: string): Promise<NonNullable<NewEntry['after']>> {
  const [prefix = '', wants = 'ok'] = text.split(':');
  if (!isWants(wants)) throw usageError('usage', `--after: expected ENTRY, ENTRY:ok, ENTRY:any or ENTRY:fail, got "${text}"`);
  return { entry: findEntry(await context.openStore(), prefix).id, wants };
}

function isWants(text: string): text is AfterWants {
  return text === 'ok' || text === 'any' || text === 'fail';
}
