import { randomUUID } from 'node:crypto';
import { cameToNothing } from '../../lifecycle/came-to-nothing.ts';
import { longestAgeMs } from '../../notify/delays.ts';
import { describeEntries } from '../../notify/describe-entries.ts';
import { describeEvents, type Telling, type ToldRun } from '../../notify/describe-events.ts';
import type { Message, MessageKind } from '../../notify/message.ts';
import type { Channel, NotifySettings } from '../../notify/settings.ts';
import { describeNight, findNight } from '../../notify/summary.ts';
import type { Scrubber } from '../../scrubber.ts';
import type { EventRecord, RunRecord } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

export interface Collector {
  store: Store;
  settings: NotifySettings;
  scrubber: Scrubber;
}

const atOnce = 500;
/** A sweep is stopped as a whole, and is one piece of news. */
const entriesAtOnce = 10_000;
const gatherMs = 60_000;
/** A morning is told of for so long; after that it is nobody's news. */
const summaryLastsMs = 12 * 3_600_000;

/** Puts into the outbox what has happened since somebody last looked, each message in the transaction that moves the cursor over its event. */
export function collectMessages(collector: Collector, now: number): void {
  const { outbox } = collector.store;
  for (let more = true; more;) {
    const cursor = outbox.readCursor();
    if (cursor === null || outbox.readEvents(cursor.event, 1).length === 0) return;
    more = collector.store.together(() => collectNext(collector, now)) === atOnce;
  }
}

function collectNext(collector: Collector, now: number): number {
  const { outbox } = collector.store;
  const events = outbox.readEvents(outbox.readCursor()?.event ?? 0, atOnce);
  const last = events.at(-1);
  if (last === undefined) return 0;
  const recent = events.filter(({ at }) => at > now - longestAgeMs);
  for (const run of new Set(recent.map((event) => event.run))) {
    collectOfRun(
      collector,
      run,
      recent.filter((event) => event.run === run),
      now,
    );
  }
  outbox.moveCursor(last.id);
  return events.length;
}

/**
 * The same for what stands still in the queue. Many entries are held one after the other for one reason: the first waits for the others, unless this
 * process `isLeaving`.
 */
export function collectEntries(collector: Collector, now: number, { isLeaving }: { isLeaving: boolean }): void {
  const { store, settings } = collector;
  const { outbox } = store;
  const cursor = outbox.readCursor();
  const [first] = cursor === null ? [] : outbox.readEntryEvents(cursor.entryEvent, 1);
  if (first === undefined || (now - first.at < gatherMs && !isLeaving)) return;
  store.together(() => {
    const events = outbox.readEntryEvents(outbox.readCursor()?.entryEvent ?? 0, entriesAtOnce);
    const recent = events.filter(({ at }) => at > now - longestAgeMs);
    for (const { event, message } of describeEntries(recent, settings.timeZone)) {
      for (const channel of settings.channels.filter(({ on }) => on.has(message.kind)))
        put(collector, { channel, cause: `entry event ${event}`, run: null, message, notBefore: now }, now);
    }
    const last = events.at(-1);
    if (last !== undefined) outbox.moveEntryCursor(last.id);
  });
}

function collectOfRun(collector: Collector, run: string, events: readonly EventRecord[], now: number): void {
  const { store, settings } = collector;
  const record = store.readRun(run);
  if (record === null) return;
  const comesAgain = cameToNothing(record) && store.isOfQueue(run);
  for (const telling of describeEvents(events, describeRun(store, record), settings.timeZone)) {
    const cause = `event ${telling.event}`;
    const { kind } = telling.message;
    const ends = kind === 'finished' || kind === 'no-go';
    if (ends || telling.when === 'over') store.outbox.withdraw(run, 'unreachable', now);
    // An entry of the queue that waits again has not ended: a host that is busy all night is no news each time.
    if (ends && comesAgain) continue;
    for (const channel of chooseChannels(collector, run, telling)) {
      put(collector, { channel, cause, run, message: telling.message, notBefore: findTime(collector, telling, now) }, now);
    }
  }
}

function chooseChannels({ store, settings }: Collector, run: string, { when, message }: Telling): Channel[] {
  if (when !== 'over') return settings.channels.filter(({ on }) => on.has(message.kind));
  const told = store.outbox.readTold(run, 'unreachable' satisfies MessageKind);
  return settings.channels.filter(({ name }) => told.includes(name));
}

function findTime({ settings }: Collector, { when, message }: Telling, now: number): number {
  return when === 'unless-over' ? Date.parse(message.at) + settings.unreachableAfterMs : now;
}

function describeRun(store: Store, record: RunRecord): ToldRun {
  const hosts = new Set(store.readWorkers(record.id).map(({ host }) => host));
  return { ...record, host: hosts.size === 0 ? null : [...hosts].join(',') };
}

/** Puts the summary of the last night, unless that was done or the morning is long past. `settled`: mornings that this process has seen to. */
export function collectSummary(collector: Collector, now: number, settled: Set<string>): void {
  const { store, settings } = collector;
  const channels = settings.channels.filter(({ on }) => on.has('summary'));
  const begunAt = store.outbox.readCursor()?.begunAt ?? now;
  if (settings.summary === null || channels.length === 0) return;
  const night = findNight(now, settings.summary, settings.timeZone);
  if (night.to < begunAt || now - night.to > summaryLastsMs || settled.has(night.date)) return;
  store.together(() => {
    const runs = store.listRuns(night.from).map((record) => ({ ...record, ...describeRun(store, record) }));
    const message = describeNight(night, runs, store.outbox.readStopped(night.from), settings.timeZone);
    for (const channel of channels)
      put(collector, { channel, cause: `summary ${night.date}`, run: null, message, notBefore: now }, now);
  });
  settled.add(night.date);
}

interface Posting {
  channel: Channel;
  cause: string;
  run: string | null;
  message: Message;
  notBefore: number;
}

function put({ store, scrubber }: Collector, { channel, cause, run, message, notBefore }: Posting, now: number): void {
  const { kind, title, lines } = message;
  const scrubbed = { ...message, title: scrubber.scrubText(title), lines: lines.map((line) => scrubber.scrubText(line)) };
  const times = { createdAt: now, notBefore, expiresAt: notBefore + longestAgeMs };
  store.outbox.put({ id: randomUUID(), channel: channel.name, cause, run, kind, message: scrubbed, ...times });
}
