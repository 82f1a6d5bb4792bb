import { join } from 'node:path';
import { expect, test } from 'vitest';
import { momentOf, systemClock } from '../../src/clock.ts';
import type { LeaseAnswer } from '../../src/store/records.ts';
import { bundleChild, startChild } from './child-process.ts';
import { lease, makeFolder, open, setup } from './setup.ts';
import { event, newRun } from './shapes.ts';

test('of processes that race for a lease one wins, and the others are told who', async () => {
  const stateDir = join(makeFolder(), 'state');
  const store = open(stateDir);
  store.createRun(newRun('run-1'), event('created'));
  const script = bundleChild('take-lease');
  const children = Array.from({ length: 4 }, () => startChild(script, [stateDir, 'run-1']));
  await Promise.all(children.map((child) => child.read()));
  for (const child of children) child.go();
  const answers = (await Promise.all(children.map((child) => child.read()))) as LeaseAnswer[];
  const winner = answers.findIndex((answer) => answer.taken);
  expect(answers.filter((answer) => answer.taken)).toHaveLength(1);
  expect(answers[winner]).toMatchObject({ lease: { run: 'run-1', token: 1 }, previous: null });
  for (const answer of answers) {
    if (!answer.taken) expect(answer.owner.pid).toBe(children[winner]?.pid);
  }
  expect(store.holder('run-1', momentOf(systemClock))?.owner.pid).toBe(children[winner]?.pid);
});

test('the lease of a process that was killed is replaced at once, long before it expires', async () => {
  const { stateDir, store } = setup();
  store.createRun(newRun('run-2'), event('created'));
  const child = startChild(bundleChild('take-lease'), [stateDir, 'run-2']);
  await child.read();
  child.go();
  await child.read();
  expect(() => lease(store, 'run-2')).toThrow(`held by pid ${child.pid}`);
  child.kill();
  expect(await child.ended).toBe('SIGKILL');
  expect(store.holder('run-2', momentOf(systemClock))).toBeNull();
  expect(lease(store, 'run-2').token).toBe(2);
});

test('a writer killed between or inside its writes leaves offsets, samples and events that agree', async () => {
  const { stateDir, store } = setup();
  const script = bundleChild('write-batches');
  for (let round = 1; round <= 3; round++) {
    const run = `killed-${round}`;
    store.createRun(newRun(run), event('created'));
    const child = startChild(script, [stateDir, run, '100000']);
    let told = -1;
    while (told < round * 7) told = Number(await child.read());
    child.kill();
    await child.ended;

    const reopened = open(stateDir);
    const looks = reopened.readEvents(run, 0, 1_000_000).filter((found) => found.kind === 'look').length;
    const positions = Array.from(reopened.readSamples(run, 'training'), (row) => row.position);
    expect(looks).toBeGreaterThan(told);
    expect(reopened.readOffsets(run)).toMatchObject([{ offset: looks * 100 }]);
    expect(positions).toEqual(Array.from({ length: looks * 10 }, (_, row) => row * 10));
  }
});

test('ten processes that make the store and write to it at the same time lose nothing', async () => {
  const stateDir = join(makeFolder(), 'state');
  const script = bundleChild('write-run');
  const children = Array.from({ length: 10 }, (_, index) => startChild(script, [stateDir, `run-${index}`, '30']));
  await Promise.all(children.map((child) => child.read()));
  for (const child of children) child.go();
  expect(await Promise.all(children.map((child) => child.read()))).toEqual(Array(10).fill(30));
  expect(await Promise.all(children.map((child) => child.ended))).toEqual(Array(10).fill(0));

  const store = open(stateDir);
  expect(store.listRuns(null)).toHaveLength(10);
  for (let index = 0; index < 10; index++) expect(store.readEvents(`run-${index}`, 0, 1000)).toHaveLength(31);
});

test('ten controllers that store as fast as they can disturb neither each other nor those who look', async () => {
  const { stateDir, store } = setup();
  const [looks, runs] = [400, Array.from({ length: 10 }, (_, index) => `busy-${index}`)];
  for (const run of runs) store.createRun(newRun(run), event('created'));
  const lookers = [1, 2].map(() => startChild(bundleChild('look-again'), [stateDir]));
  await Promise.all(lookers.map((looker) => looker.read()));
  const script = bundleChild('write-batches');
  const writers = runs.map((run) => startChild(script, [stateDir, run, String(looks)]));
  const ends = await Promise.all(
    writers.map(async (writer) => {
      while ((await writer.read()) !== null);
      return writer.ended;
    }),
  );
  expect(ends).toEqual(Array(10).fill(0));
  for (const looker of lookers) {
    looker.go();
    expect(Number(await looker.read())).toBeGreaterThan(0);
    expect(await looker.ended).toBe(0);
  }
  for (const run of runs) {
    expect(store.readRun(run)?.state).toBe('succeeded');
    expect(store.readOffsets(run)).toMatchObject([{ offset: looks * 100 }]);
    const positions = Array.from(store.readSamples(run, 'training'), (row) => row.position);
    expect(positions).toEqual(Array.from({ length: looks * 10 }, (_, row) => row * 10));
  }
});

test('what is written together is stored whole, or nothing of it, and a reader never sees half', () => {
  const { stateDir, store, lease: held } = setup();
  const reader = open(stateDir);
  const halt = { from: ['queued'], to: 'halting', event: event('state') } as const;
  const seen = () => [reader.readRun('run-1')?.state, reader.readEvents('run-1', 0, 10).length];
  expect(() =>
    store.together(() => {
      store.recordEvent(held, event('first'));
      store.transition(held, halt);
      throw new RangeError('no');
    }),
  ).toThrow('no');
  expect(seen()).toEqual(['queued', 1]);
  const landed = store.together(() => {
    const first = store.recordEvent(held, event('first'));
    expect(seen()).toEqual(['queued', 1]);
    return first && store.transition(held, halt);
  });
  expect(landed).toBe(true);
  expect(seen()).toEqual(['halting', 3]);
});
