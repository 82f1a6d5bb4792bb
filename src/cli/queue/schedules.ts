import { rfc3339 } from '../../clock.ts';
import { usageError } from '../../errors.ts';
import { findZone, localZoneName } from '../../language/zone.ts';
import { readCron } from '../../queue/schedules/next-times.ts';
import type { CatchUp, Overlap, ScheduleRecord } from '../../store/queue-records.ts';
import type { Context } from '../context.ts';
import { describeQueue, type EntryDocument } from './entry-document.ts';
import { planSchedule } from './plan-schedule.ts';

const shownTimes = 5;

export interface ScheduleDocument {
  name: string;
  cron: string;
  zone: string;
  /** What it does, as typed. */
  words: string[];
  catchUp: CatchUp;
  overlap: Overlap;
  /** The next five times. */
  next: string[];
}

export interface NewSchedule {
  name: string;
  cron: string;
  tz: string | undefined;
  catchUp: CatchUp;
  overlap: Overlap;
  /** What stands after the lone `--`. */
  words: readonly string[] | null;
}

/** What it would add is planned once now: what is wrong with it is told to whoever makes it, not at night. */
export async function addSchedule(context: Context, wish: NewSchedule): Promise<ScheduleDocument> {
  const { name, cron, catchUp, overlap } = wish;
  if (!/^[\w.-]+$/.test(name)) throw usageError('usage', `NAME: expected letters, digits, dots and dashes, got "${name}"`);
  if (catchUp === 'all' && overlap === 'skip')
    throw usageError(
      'usage',
      '--catch-up all: only the first of several could be added, since each waits for the one before to be over',
      ['--overlap queue lets them wait behind each other'],
    );
  const words = readWords(wish.words);
  const zone = findZone(wish.tz ?? localZoneName()).name;
  readCron(cron, zone);
  const folder = process.cwd();
  await planSchedule(context, { name, words, folder, zone });
  const now = context.clock.now();
  const schedule = { name, cron, zone, words, folder, catchUp, overlap, addedAt: now, seenTo: now };
  if ((await context.openStore()).addSchedule(schedule)) return describeSchedule(schedule, now);
  throw usageError('schedule-exists', `there is a schedule "${name}" already`, [`fleet schedule remove ${name}`]);
}

export async function listSchedules(context: Context): Promise<ScheduleDocument[]> {
  const store = await context.openStoreToLook();
  const now = context.clock.now();
  return (store?.listSchedules() ?? []).map((schedule) => describeSchedule(schedule, now));
}

/** What it has added stays. */
export async function removeSchedule(context: Context, name: string): Promise<void> {
  const store = await context.openStore();
  if (!store.removeSchedule(name)) throw await unknown(context, name);
}

/** Adds what it says, beside its times. */
export async function runSchedule(context: Context, name: string): Promise<EntryDocument[]> {
  const store = await context.openStore();
  const schedule = store.listSchedules().find((one) => one.name === name);
  if (schedule === undefined) throw await unknown(context, name);
  const entries = await planSchedule(context, schedule);
  store.addEntries(entries);
  const ids = entries.map(({ id }) => id);
  return describeQueue(store, context.clock.now(), Number.POSITIVE_INFINITY).filter(({ id }) => ids.includes(id));
}

function readWords(words: readonly string[] | null): string[] {
  const [queue, add, ...rest] = words ?? [];
  if (queue === 'queue' && add === 'add') return rest;
  const got = words === null ? 'no lone --' : `"${words.join(' ')}"`;
  throw usageError('usage', `fleet schedule add: expected "-- queue add PLAYBOOK --host PATTERN ..." at the end, got ${got}`);
}

function describeSchedule({ name, cron, zone, words, catchUp, overlap }: ScheduleRecord, now: number): ScheduleDocument {
  const next = readCron(cron, zone).after(now, shownTimes).map(rfc3339);
  return { name, cron, zone, words: ['queue', 'add', ...words], catchUp, overlap, next };
}

async function unknown(context: Context, name: string): Promise<Error> {
  const names = (await listSchedules(context)).map((schedule) => schedule.name);
  const known = names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`;
  return usageError('schedule-not-found', `there is no schedule "${name}": ${known}`, ['fleet schedule list']);
}
