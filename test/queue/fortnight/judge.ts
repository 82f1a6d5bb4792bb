import type { EntryDocument } from '../../../src/cli/queue/entry-document.ts';
import { isNight, nextTime, readDuration, readMoment, readWall } from './calendar.ts';
import type { Job, Slice } from './slice.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** With less than this before it must yield nothing begins. */
const leastMs = 15 * minuteMs;

/** What there is to know of a run that is over, and since when the queue has seen it. */
export interface Over {
  run: string;
  settledAt: number;
}

export interface Facts {
  now: number;
  slice: Slice;
  /** Each entry as `fleet queue explain` tells it. */
  entries: readonly EntryDocument[];
  /** The last run of an entry, where that is over. */
  lastOver: (entry: EntryDocument) => Over | null;
  /** A run has ended since the look at the queue. */
  hasJustEnded: boolean;
}

/** What is told and is not so, or is so and not told. Nothing that decides in fleet is asked: only the slice and the calendar. */
export function judgeExplanations(facts: Facts): string[] {
  const { now, entries, slice } = facts;
  const [job] = slice.alive();
  const running = entries.filter(({ state }) => state === 'running');
  const waiting = entries.filter(({ state }) => state === 'waiting');
  const found = [
    ...(running.length > 1 ? [`${running.length} entries run`] : []),
    ...(job !== undefined && running[0]?.run !== job.run ? [`${job.run} runs on the slice, and no entry has it`] : []),
    ...running.flatMap(({ id, waits }) => waits.map((line) => `${id} runs, and waits: ${line}`)),
    ...waiting.flatMap((entry) => judgeWaits(facts, entry, job)),
  ];
  return found.map((text) => `${readWall(now)}: ${text}`);
}

function judgeWaits(facts: Facts, entry: EntryDocument, job: Job | undefined): string[] {
  const { now } = facts;
  const host = job === undefined ? tellsNext(facts, entry) : tellsBusy(facts, job);
  const reasons = [tellsAgain(facts, entry), tellsNight(facts, entry), tellsUnusable(facts, entry), host].filter(
    (reason) => reason !== null,
  );
  const lines = entry.waits.filter((line) => reasons.length > 0 || !isNothing(facts, line));
  const untold = reasons.filter((reason) => !lines.some((line) => reason.isTold(line))).map(({ what }) => what);
  const untrue = lines.filter((line) => !reasons.some((reason) => reason.isTold(line)));
  const wrongTimes = lines.filter((line) => !hasRightDurations(line, now));
  return [
    ...untold.map((what) => `${entry.name}: not told: ${what}; told: ${lines.join('; ')}`),
    ...untrue.map((line) => `${entry.name}: not true: ${line}`),
    ...wrongTimes.map((line) => `${entry.name}: not so long: ${line}`),
  ];
}

interface Reason {
  what: string;
  isTold: (line: string) => boolean;
}

/** What was tried, or had to yield, and is not to be tried again yet. */
function tellsAgain({ now, slice, lastOver }: Facts, entry: EntryDocument): Reason | null {
  const over = lastOver(entry);
  if (over === null) return null;
  const { run } = over;
  const end = slice.jobs.find((job) => job.run === run)?.end ?? null;
  if (end?.how === 'halt' || end?.how === 'limit') {
    const yieldsAt = nextTime(end.at - 1, 8);
    const text = `run ${run} had to yield; it goes on from its checkpoint; it is tried again at ${readWall(yieldsAt)} Europe/Berlin (`;
    return now < yieldsAt ? { what: text, isTold: (line) => line.startsWith(text) } : null;
  }
  return end === null ? tellsUnreached(now, entry, over, '') : null;
}

/** While one waits to try the slice again, the others leave it alone. */
function tellsUnusable({ now, slice, entries, lastOver }: Facts, entry: EntryDocument): Reason | null {
  const reasons = entries
    .filter((other) => other !== entry && other.state === 'waiting')
    .map((other) => lastOver(other))
    .filter((over) => over !== null && !slice.jobs.some(({ run }) => run === over.run))
    .map((over) => over && tellsUnreached(now, entry, over, 'host demo-tpu cannot be used: '));
  return reasons.find((reason) => reason !== null) ?? null;
}

/** When it is tried again is fleet's to say, within a minute and a quarter of an hour. */
function tellsUnreached(now: number, { waits }: EntryDocument, { run, settledAt }: Over, before: string): Reason | null {
  const text = `${before}run ${run} cancelled (connect-timeout); it is tried again at `;
  const isTold = (line: string) => {
    if (!line.startsWith(text)) return false;
    const at = readMoment(line.slice(text.length, text.length + 16));
    return at > now - minuteMs && at - settledAt >= 0 && at - settledAt <= 15 * minuteMs;
  };
  const must = now < settledAt + minuteMs;
  const isSaid = now < settledAt + 15 * minuteMs && waits.some(isTold);
  return must || isSaid ? { what: text, isTold } : null;
}

function tellsNight({ now, slice }: Facts, { point }: EntryDocument): Reason | null {
  const opensAt = nextTime(now, 22);
  if (!isNight(now)) {
    const text = `its window opens at ${readWall(opensAt)} Europe/Berlin (`;
    return { what: text, isTold: (line) => line.startsWith(text) };
  }
  const yieldsAt = nextTime(now, 8);
  const left = slice.secondsLeft(point ?? '');
  if (yieldsAt - now >= Math.min(leastMs, (left ?? Infinity) * 1000)) return null;
  const [before, after] = [
    `it must yield at ${readWall(yieldsAt)} Europe/Berlin (`,
    `; the next night begins at ${readWall(opensAt)} Europe/Berlin`,
  ];
  const isTold = (line: string) => {
    const [, work = ''] = /about (\w+) of work are left/.exec(line) ?? [];
    const ms = readDuration(work);
    // Of what has not run yet the others are the measure; what was done since a checkpoint may have been lost.
    const isSo = left === null ? ms >= 4.8 * hourMs && ms <= 7.2 * hourMs : Math.abs(ms - left * 1000) <= 25 * minuteMs;
    return line.startsWith(before) && line.endsWith(after) && isSo;
  };
  return { what: `${before}...${after}`, isTold };
}

/** The slice is free: the first that nothing else keeps has it with the next look. */
function tellsNext({ entries, hasJustEnded }: Facts, entry: EntryDocument): Reason | null {
  const next = entries.find(({ waits: [line = ''] }) => line.startsWith('nothing: '));
  if (!hasJustEnded || next === undefined || entries.indexOf(next) >= entries.indexOf(entry)) return null;
  const text = `host demo-tpu is busy with entry ${next.id}, which goes first`;
  return { what: text, isTold: (line) => line.startsWith(text) };
}

function isNothing({ hasJustEnded }: Facts, line: string): boolean {
  return hasJustEnded && line.startsWith('nothing: it starts with the next look');
}

function tellsBusy({ slice }: Facts, job: Job): Reason {
  const text = `host demo-tpu is busy with run ${job.run} (trm-sweep, `;
  const isTold = (line: string) => {
    if (!line.startsWith(text)) return false;
    if (line.endsWith('nobody knows until when')) return line.includes('(trm-sweep, queued)');
    const [, until = ''] = /until about (\S+ \S+) Europe\/Berlin/.exec(line) ?? [];
    return Math.abs(readMoment(until) - slice.goneAt(job)) <= 5 * minuteMs;
  };
  return { what: `${text}..., until about ${readWall(slice.goneAt(job))}`, isTold };
}

/** `at 2027-03-28 22:00 Europe/Berlin (in 3h)`: the two say the same. */
function hasRightDurations(line: string, now: number): boolean {
  return [...line.matchAll(/(\d{4}-\d\d-\d\d \d\d:\d\d) Europe\/Berlin \(in (\w+)\)/g)].every(
    ([, time = '', duration = '']) => Math.abs(readMoment(time) - now - readDuration(duration)) <= minuteMs,
  );
}
