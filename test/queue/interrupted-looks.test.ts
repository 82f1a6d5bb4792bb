import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Looked } from '../../src/queue/look.ts';
import { bundleScript, startChild, type Child } from '../store/child-process.ts';
import { makeFolder, open } from '../store/setup.ts';
import { waitFor } from '../support/local-host.ts';
import type { Moment } from './children/see-to-queue.ts';
import type { Blow, Place } from './children/strike.ts';
import { addAsTyped, endRun } from './setup.ts';

vi.setConfig({ testTimeout: 120_000 });

const hourMs = 3_600_000;
const evening = Date.parse('2027-01-15T22:00Z');

/** Three entries for one host, and processes that see to them one after the other. */
async function setup(more = '') {
  const folder = makeFolder();
  const store = open(folder);
  await addAsTyped(store, `trm-sweep --host demo-tpu --sweep batch_sweep${more}`, evening);
  const script = bundleScript(resolve('test/queue/children/see-to-queue.ts'));
  const look = async (child: Child, at: number, blow: Blow | null = null) => {
    child.tell({ at, blow } satisfies Moment);
    return (await child.read()) as Looked | 'replaced' | null;
  };
  const stopIn = async (child: Child, at: number, place: Place) => {
    child.tell({ at, blow: { place, signal: 'SIGSTOP' } } satisfies Moment);
    await waitFor('it is stopped', () => / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')), 20_000);
  };
  const goOn = (child: Child) => {
    process.kill(child.pid, 'SIGCONT');
    return child.read();
  };
  const begin = () => startChild(script, [folder]);
  const entries = () => store.listEntries(null).map(({ state, runs }) => [state, runs.length]);
  return { store, begin, look, stopIn, goOn, entries };
}

const places: Place[] = [
  'a change is to be written',
  'a change has landed',
  'a start is written',
  'a start has landed',
  'the look is over, and not told',
];

test('a look that is killed anywhere is made good by the next one: each entry has one run, and one runs at a time', async () => {
  const { store, begin, look, entries } = await setup();
  await addAsTyped(store, 'trm-sweep --host demo-tpu --sweep batch_sweep', evening);
  let child = begin();
  await look(child, evening);
  for (const [index, place] of places.entries()) {
    const [running = ''] = store.activeRuns().map(({ id }) => id);
    endRun(store, running);
    expect(await look(child, evening, { place, signal: 'SIGKILL' })).toBeNull();
    expect(await child.ended).toBe('SIGKILL');
    child = begin();
    const looked = (await look(child, evening)) as Looked;
    expect(store.activeRuns().map(({ id }) => id)).toEqual(looked.runs);
    const done = index + 1;
    expect([place, ...entries()]).toEqual([
      place,
      ...Array.from({ length: 6 }, (_, number) =>
        number < done ? ['done', 1] : number === done ? ['running', 1] : ['waiting', 0],
      ),
    ]);
  }
});

test('of two that see to one queue, one that was stopped before it started an entry starts nothing when it wakes up', async () => {
  const { store, begin, look, stopIn, goOn, entries } = await setup();
  const first = begin();
  await stopIn(first, evening, 'an entry is planned');
  const looked = (await look(begin(), evening + 40_000)) as Looked;
  expect(await goOn(first)).toBe('replaced');
  expect(store.activeRuns().map(({ id }) => id)).toEqual(looked.runs);
  expect(entries()).toEqual([
    ['running', 1],
    ['waiting', 0],
    ['waiting', 0],
  ]);
});

test('one that was stopped when it had seen the end of a run does not settle the next run of that entry by it', async () => {
  const { store, begin, look, stopIn, goOn, entries } = await setup(' --retries 1');
  const first = begin();
  const { runs } = (await look(first, evening)) as Looked;
  endRun(store, runs[0] ?? '', { result: 'failed', reason: 'exit-status' });
  await stopIn(first, evening, 'the end of a run is seen');
  const looked = (await look(begin(), evening + 40_000)) as Looked;
  expect(entries()[0]).toEqual(['running', 2]);
  expect(await goOn(first)).toBe('replaced');
  expect(store.activeRuns().map(({ id }) => id)).toEqual(looked.runs);
  expect(entries()[0]).toEqual(['running', 2]);
});

test('one that was stopped in the night, and wakes up by day, starts nothing outside the window', async () => {
  const { store, begin, look, stopIn, goOn, entries } = await setup(' --window 22:00-02:00 --yield-by 08:00 --tz UTC');
  const first = begin();
  await stopIn(first, evening, 'an entry is planned');
  const second = begin();
  const { runs } = (await look(second, evening + 40_000)) as Looked;
  await look(second, evening + 9.99 * hourMs);
  endRun(store, runs[0] ?? '', { result: 'halted' });
  await look(second, evening + 12 * hourMs);
  expect(entries()[0]).toEqual(['waiting', 1]);
  await goOn(first);
  expect(store.activeRuns()).toEqual([]);
  expect(entries()[0]).toEqual(['waiting', 1]);
});
