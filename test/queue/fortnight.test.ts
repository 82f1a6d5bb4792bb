import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { describeQueue, type EntryDocument } from '../../src/cli/queue/entry-document.ts';
import { isResult } from '../../src/lifecycle/states.ts';
import type { Looked } from '../../src/queue/look.ts';
import { bundleScript, startChild, type Child } from '../store/child-process.ts';
import { makeFolder, open } from '../store/setup.ts';
import type { Moment } from './children/see-to-queue.ts';
import type { Place } from './children/strike.ts';
import { isNight, readWall } from './fortnight/calendar.ts';
import { judgeExplanations, type Over } from './fortnight/judge.ts';
import { makeSlice, type Fault } from './fortnight/slice.ts';
import { addAsTyped } from './setup.ts';

const minuteMs = 60_000;
/** By day little happens. */
const tickMs = (now: number) => (isNight(now) ? 10 : 30) * minuteMs;
const at = (text: string) => Date.parse(text);

/** Looks come at seven minutes past, and so on until three before the hour: one lies between the beginning of a halt and the time to yield. */
const begin = at('2027-03-26T11:07Z');
const end = begin + 14 * 24 * 60 * minuteMs;

const faults: Fault[] = [
  { at: at('2027-03-27T00:30Z'), how: 'crash' },
  { at: at('2027-03-29T23:30Z'), how: 'crash' },
  { at: at('2027-04-01T00:10Z'), how: 'out of memory' },
];
const isUnreachable = (now: number) => now >= at('2027-04-02T12:00Z') && now < at('2027-04-03T12:00Z');

/** From then on whoever sees to the queue is ended by KILL at such a place; so much later somebody does again. */
const deaths: { from: number; awayMs: number; place: Place }[] = [
  // In the look that starts an entry: its run is made, and nobody has heard of it.
  { from: at('2027-03-29T00:00Z'), awayMs: 40 * minuteMs, place: 'a start has landed' },
  // In the look that tells one to yield, before that is known; away over the time to yield.
  { from: at('2027-03-31T05:57Z'), awayMs: 50 * minuteMs, place: 'a change is to be written' },
  // Away over the opening.
  { from: at('2027-04-04T19:37Z'), awayMs: 90 * minuteMs, place: 'the look is over, and not told' },
];

const typed =
  'trm-sweep --host demo-tpu --sweep all_experiments --window 22:00-08:00 --yield-by 08:00 --tz Europe/Berlin --retries 2';

test(
  'the eighteen experiments of trm-sweep in a fortnight of nights each end once, none beside another, none outside its window, and why they wait is always true',
  { timeout: 180_000 },
  async () => {
    const folder = makeFolder();
    const store = open(folder);
    const points = (await addAsTyped(store, typed, begin)).map(({ point }) => point ?? '');
    const hoursOf = (point: string) => 5 + (points.indexOf(point) % 3);
    const slice = makeSlice({ store, hoursOf, faults, isUnreachable });
    const script = bundleScript(resolve('test/queue/children/see-to-queue.ts'));
    const startDaemon = () => startChild(script, [folder]);
    const wrong: string[] = [];
    const killed: unknown[] = [];
    const over = new Map<string, Over>();
    const lastOver = ({ run }: EntryDocument) => over.get(run ?? '') ?? null;

    let daemon: Child | null = startDaemon();
    let backAt = 0;
    let driven: string[] = [];
    const coming = [...deaths];
    for (let now = begin; now < end; now += tickMs(now)) {
      slice.pass(now);
      if (now < backAt) continue;
      daemon ??= startDaemon();
      const [next] = coming;
      const isLast = next !== undefined && now >= next.from;
      const moment: Moment = { at: now, blow: isLast ? { place: next.place, signal: 'SIGKILL' } : null };
      daemon.tell(moment);
      const looked = (await daemon.read()) as Looked | null;
      if (looked === null) {
        killed.push([await daemon.ended, next?.place]);
        daemon = null;
        backAt = now + (coming.shift()?.awayMs ?? 0);
        continue;
      }
      for (const run of driven) if (!looked.runs.includes(run)) over.set(run, { run, settledAt: now });
      driven = looked.runs;
      for (const { run } of looked.yielding) slice.halt(run, now);
      for (const run of store.activeRuns()) slice.look(run, now);
      const hasJustEnded = driven.some((id) => isResult(store.readRun(id)?.state ?? 'queued'));
      const entries = describeQueue(store, now, Number.POSITIVE_INFINITY);
      wrong.push(...judgeExplanations({ now, slice, entries, lastOver, hasJustEnded }));
    }
    const ends = store.listEntries(null).map(({ point, state, reason, runs }) => ({
      point,
      state,
      reason,
      successes: runs.filter((run) => store.readRun(run)?.outcome?.result === 'succeeded').length,
    }));

    expect(wrong.slice(0, 10)).toEqual([]);
    expect(ends).toEqual(points.map((point) => ({ point, state: 'done', reason: null, successes: 1 })));
    expect(killed).toEqual(deaths.map(({ place }) => ['SIGKILL', place]));
    const spans = slice.jobs.map(({ startsAt, end: last }) => ({ startsAt, endsAt: last?.at ?? end }));
    expect(spans.filter(({ endsAt }, index) => endsAt > (spans[index + 1]?.startsAt ?? end))).toEqual([]);
    const outside = spans.filter(
      ({ startsAt, endsAt }) => !isNight(startsAt) || !isNight(endsAt - 1) || endsAt - startsAt > 10 * 60 * minuteMs,
    );
    expect(outside.map(({ startsAt, endsAt }) => `${readWall(startsAt)} to ${readWall(endsAt)}`)).toEqual([]);
    expect(new Set(slice.jobs.map((job) => job.end?.how))).toEqual(new Set(['done', 'crash', 'out of memory', 'limit', 'halt']));
    expect(slice.jobs.filter((job) => ['crash', 'out of memory'].includes(job.end?.how ?? ''))).toHaveLength(faults.length);
  },
);
