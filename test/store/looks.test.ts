import { expect, test } from 'vitest';
import type { CriterionRecord, FlagRecord } from '../../src/store/records.ts';
import { setup } from './setup.ts';
import { batch, event, newRun, offset, sample, samples, startOf2026 } from './shapes.ts';

const flag: FlagRecord = {
  ...{ color: 'yellow', text: 'slow', hint: null, expected: false, failure: null },
  ...{ count: 1, firstAt: 10, lastAt: 10 },
};
const criterion: CriterionRecord = {
  ...{ name: 'throughput', verdict: 'pending', severity: 'red' },
  ...{ expected: '780..960', observed: null, message: null, attempt: null },
};

test('all that one look brought is there afterwards', () => {
  const { store, lease } = setup();
  const look = batch({
    observedAt: startOf2026 + 7,
    health: 'yellow',
    workerStates: [{ worker: 0, state: 'running', pid: 77, exitCode: null, incarnation: '{"boot":"b"}' }],
    offsets: [offset({ offset: 30 })],
    samples: [samples([sample(0, { loss: 2.5 }), sample(15, { loss: NaN, note: 'ö' })])],
    flags: [flag],
    criteria: [criterion],
    progress: { step: 2, of: 50_000, ratePerSecond: 0.5, etaSeconds: null },
    events: [event('flag')],
  });
  expect(store.recordBatch(lease, look)).toBe(true);
  expect(store.readRun('run-1')).toMatchObject({ observedAt: startOf2026 + 7, health: 'yellow' });
  expect(store.readWorkers('run-1')).toMatchObject([{ attempt: 1, state: 'running', pid: 77, incarnation: '{"boot":"b"}' }]);
  expect(store.readOffsets('run-1')).toEqual(look.offsets);
  expect([...store.readSamples('run-1', 'training')].map((row) => row.columns)).toEqual([
    { loss: 2.5 },
    { loss: null, note: 'ö' },
  ]);
  expect(store.readFlags('run-1')).toEqual([flag]);
  expect(store.readCriteria('run-1')).toEqual([criterion]);
  expect(store.readProgress('run-1')).toEqual(look.progress);
  expect(store.readEvents('run-1', 0, 10).map(({ kind }) => kind)).toEqual(['created', 'flag']);
});

test('a look that cannot be stored whole leaves nothing of itself', () => {
  const { store, lease } = setup();
  const events = [event('seen'), { ...event('broken'), detail: 1n }];
  const look = batch({ offsets: [offset({ offset: 30 })], samples: [samples([sample(0)])], flags: [flag], events });
  expect(() => store.recordBatch(lease, look)).toThrow(TypeError);
  expect([...store.readSamples('run-1', null)]).toEqual([]);
  expect(store.readOffsets('run-1')).toEqual([]);
  expect(store.readFlags('run-1')).toEqual([]);
  expect(store.recordBatch(lease, batch({ events: [event('seen')] }))).toBe(true);
});

test('a row that is read twice is stored once; a file that was replaced is another file', () => {
  const { store, lease } = setup();
  const rows = [sample(0, { loss: 1 }), sample(10, { loss: 2 })];
  store.recordBatch(lease, batch({ samples: [samples(rows)] }));
  store.recordBatch(lease, batch({ samples: [samples(rows), samples(rows, { generation: 1 })] }));
  expect(Array.from(store.readSamples('run-1', null), (row) => row.position)).toEqual([0, 10, 0, 10]);
});

test('samples come in the order of their files, however they were stored', () => {
  const { store, lease } = setup();
  const later = [
    samples([sample(5)], { attempt: 2 }),
    samples([sample(6)], { worker: 1 }),
    samples([sample(7)], { source: 'gpu' }),
    samples([sample(300), sample(4), sample(20)]),
  ];
  for (const one of later) store.recordBatch(lease, batch({ samples: [one] }));
  const order = Array.from(
    store.readSamples('run-1', null),
    (row) => `${row.attempt} ${row.worker} ${row.source} ${row.position}`,
  );
  expect(order).toEqual([
    '1 0 gpu 7',
    '1 0 training 4',
    '1 0 training 20',
    '1 0 training 300',
    '1 1 training 6',
    '2 0 training 5',
  ]);
  expect(Array.from(store.readSamples('run-1', 'gpu'), (row) => row.position)).toEqual([7]);
  expect([...store.readSamples('run-9', null)]).toEqual([]);
});

test('many samples are read in parts, each once, while the store is written to', () => {
  const { store, lease } = setup();
  const count = 3001;
  store.recordBatch(lease, batch({ samples: [samples(Array.from({ length: count }, (_, row) => sample(row)))] }));
  let next = 0;
  for (const row of store.readSamples('run-1', 'training')) {
    expect(row.position).toBe(next++);
    if (row.position % 1000 === 0) expect(store.recordEvent(lease, event('meanwhile'))).toBe(true);
  }
  expect(next).toBe(count);
});

test('flags and criteria replace those they continue, and keep their order', () => {
  const { store, lease } = setup();
  const other = { ...flag, hint: 'look at the disk' };
  store.recordBatch(lease, batch({ flags: [flag, other], criteria: [criterion, { ...criterion, name: 'loss' }] }));
  store.recordBatch(lease, batch({ flags: [{ ...flag, count: 4, lastAt: 90 }], criteria: [{ ...criterion, verdict: 'met' }] }));
  expect(store.readFlags('run-1')).toEqual([{ ...flag, count: 4, lastAt: 90 }, other]);
  expect(store.readCriteria('run-1').map(({ name, verdict }) => [name, verdict])).toEqual([
    ['throughput', 'met'],
    ['loss', 'pending'],
  ]);
});

test('a look without progress keeps the progress that is known', () => {
  const { store, lease } = setup();
  const progress = { step: 5, of: null, ratePerSecond: null, etaSeconds: null };
  store.recordBatch(lease, batch({ progress }));
  store.recordBatch(lease, batch());
  expect(store.readProgress('run-1')).toEqual(progress);
});

test('reachability keeps the time since when it stands, and only a reachable host was observed', () => {
  const { store, lease } = setup();
  store.recordReachability(lease, 'reachable', 100, null);
  store.recordReachability(lease, 'reachable', 200, null);
  expect(store.readRun('run-1')).toMatchObject({ reachability: 'reachable', reachabilitySince: 100, observedAt: 200 });
  store.recordReachability(lease, 'unreachable', 300, event('unreachable'));
  expect(store.readRun('run-1')).toMatchObject({ reachability: 'unreachable', reachabilitySince: 300, observedAt: 200 });
});

test('what was observed last counts, also after the clock was set back', () => {
  const { store, lease } = setup();
  store.recordBatch(lease, batch({ observedAt: 9_000 }));
  store.recordBatch(lease, batch({ observedAt: 2_000 }));
  expect(store.readRun('run-1')?.observedAt).toBe(2_000);
  store.recordReachability(lease, 'reachable', 1_000, null);
  expect(store.readRun('run-1')?.observedAt).toBe(1_000);
});

test('each worker is shown by its newest attempt, also one that the store hears of for the first time', () => {
  const { store, lease } = setup();
  const [target] = store.readWorkers('run-1');
  if (target === undefined) throw new Error('expected a worker');
  expect(target).toMatchObject({ attempt: 1, state: 'pending', pid: null, address: null });
  store.recordWorker(lease, { ...target, state: 'exited', exitCode: 1, address: '10.0.0.7' }, null);
  store.recordWorker(lease, { ...target, attempt: 3, state: 'running', pid: 9, address: null }, event('adopted'));
  expect(store.readWorkers('run-1')).toEqual([{ ...target, attempt: 3, state: 'running', pid: 9, address: '10.0.0.7' }]);
  expect(store.readRun('run-1')?.attempt).toBe(3);
});

test('facts of a worker are those that were recorded last, also after the clock was set back', () => {
  const { store } = setup();
  expect(store.readFacts('prime1', 0)).toBeNull();
  store.recordFacts('prime1', 0, '{"os":"debian"}', 200);
  store.recordFacts('prime1', 0, '{"os":"newer"}', 100);
  expect(store.readFacts('prime1', 0)).toEqual({ facts: { os: 'newer' }, at: 100 });
});

test('runs are listed newest first, active ones always, ended ones since a time', () => {
  const { store, lease } = setup();
  store.transition(lease, { from: ['queued'], to: 'failed', event: event('state'), endedAt: 5_000 });
  for (const id of ['run-2', 'run-20', 'other']) store.createRun(newRun(id), event('created'));
  const ids = (runs: { id: string }[]) => runs.map(({ id }) => id);
  expect(ids(store.listRuns(null))).toEqual(['other', 'run-20', 'run-2', 'run-1']);
  expect(ids(store.listRuns(5_000))).toEqual(['other', 'run-20', 'run-2', 'run-1']);
  expect(ids(store.listRuns(5_001))).toEqual(['other', 'run-20', 'run-2']);
  expect(ids(store.activeRuns())).toEqual(['other', 'run-20', 'run-2']);
});

test('a run is found by the beginning of its id; a whole id is never ambiguous', () => {
  const { store } = setup();
  for (const id of ['run-2', 'run-20', "o'ther%"]) store.createRun(newRun(id), event('created'));
  const ids = (prefix: string) => store.findRuns(prefix).map(({ id }) => id);
  expect(ids('run')).toEqual(['run-20', 'run-2', 'run-1']);
  expect(ids('run-2')).toEqual(['run-2']);
  expect(ids("o'")).toEqual(["o'ther%"]);
  for (const none of ['', '%', 'RUN', 'run-200']) expect(ids(none)).toEqual([]);
  expect(store.readRun('run')).toBeNull();
});

test('a run that exists is not made again', () => {
  const { store } = setup();
  expect(() => {
    store.createRun(newRun('run-1', { plan: '{}' }), event('created'));
  }).toThrow('UNIQUE');
  expect(store.readRun('run-1')?.plan).toBe('{"steps":50000}');
  expect(store.readEvents('run-1', 0, 10)).toHaveLength(1);
});

test('events are read on from the last one that was seen', () => {
  const { store, lease } = setup();
  for (const kind of ['one', 'two', 'three']) store.recordEvent(lease, { ...event(kind), detail: { kind } });
  const [, one] = store.readEvents('run-1', 0, 2);
  expect(store.readEvents('run-1', one?.id ?? 0, 10)).toMatchObject([
    { kind: 'two', text: 'two happened', run: 'run-1', detail: { kind: 'two' } },
    { kind: 'three' },
  ]);
});
