import { describe, expect, it } from 'vitest';
import { nameOfCopy } from '../../src/engine/checkpoints/back-up.ts';
import { chooseRemoved } from '../../src/engine/checkpoints/choose-removed.ts';
import { compareCheckpoints } from '../../src/engine/checkpoints/compare.ts';
import { hasCome, lastExpected, watchExpectation } from '../../src/engine/checkpoints/expect-next.ts';
import { settle } from '../../src/engine/checkpoints/rules.ts';
import { isLongEnough } from '../../src/engine/checkpoints/safetensors.ts';
import type { CheckpointRules } from '../../src/playbook/monitor/monitor.ts';
import type { FoundCheckpoint } from '../../src/remote/checkpoints.ts';
import type { CheckpointRecord } from '../../src/store/attempt-records.ts';

const plain: CheckpointRules = { path: 'out/*.pt', every: 1000, size: null };

function recordOf(name: string, more: Partial<CheckpointRecord> = {}): CheckpointRecord {
  const step = Number(/\d+/.exec(name)?.[0] ?? NaN);
  return {
    ...{ worker: 0, path: `out/${name}.pt`, attempt: 1, step: Number.isNaN(step) ? null : step, size: 100, foundAt: 0 },
    ...{ state: 'complete', message: null, sha256: null, metric: null, backUp: null, backedUpAt: null },
    ...more,
  };
}

function foundOf(name: string, more: Partial<FoundCheckpoint> = {}): FoundCheckpoint {
  return { path: `out/${name}.pt`, size: 100, files: 1, stamp: 'one', older: false, ...more };
}

describe('what is found', () => {
  const compare = (known: CheckpointRecord[], found: FoundCheckpoint[], stamps: Record<string, string> = {}) => {
    const before = new Map(Object.entries(stamps).map(([name, stamp]) => [`out/${name}.pt`, stamp]));
    const seen = { known, found, stamps: before, pattern: plain.path, attempt: 2, now: 7 };
    const { changes, still } = compareCheckpoints(seen);
    return [...changes.map(({ record }) => `${record.path} ${record.state}`), ...still.map(({ path }) => `${path} stands still`)];
  };
  const writing = recordOf('s1', { state: 'writing' });

  it.each<[string, CheckpointRecord[], FoundCheckpoint[], Record<string, string>, string[]]>([
    ['is being written at first', [], [foundOf('s1')], {}, ['out/s1.pt writing']],
    ['of an older run is left alone', [], [foundOf('s1', { older: true })], {}, []],
    ['of an older run that is written again is ours', [], [foundOf('s1', { older: true })], { s1: 'two' }, ['out/s1.pt writing']],
    ['whose age is not known counts', [], [foundOf('s1', { older: null })], {}, ['out/s1.pt writing']],
    [
      'stands still when nothing changed since the look before',
      [writing],
      [foundOf('s1')],
      { s1: 'one' },
      ['out/s1.pt stands still'],
    ],
    ['does not stand still for a controller that has not looked before', [writing], [foundOf('s1')], {}, []],
    ['grows', [writing], [foundOf('s1', { size: 200, stamp: 'two' })], { s1: 'one' }, ['out/s1.pt writing']],
    ['is told once', [recordOf('s1')], [foundOf('s1')], { s1: 'one' }, []],
    ['is written again', [recordOf('s1', { state: 'valid' })], [foundOf('s1')], { s1: 'two' }, ['out/s1.pt writing']],
    ['is written again, unseen', [recordOf('s1')], [foundOf('s1', { size: 90 })], {}, ['out/s1.pt writing']],
    ['is gone', [recordOf('s1'), recordOf('s2', { state: 'removed' })], [], {}, ['out/s1.pt removed']],
    ['is back', [recordOf('s1', { state: 'removed' })], [foundOf('s1')], {}, ['out/s1.pt writing']],
  ])('%s', (_, known, found, stamps, expected) => {
    expect(compare(known, found, stamps)).toEqual(expected);
  });

  it('forgets copy, checksum and metric of one that is written again', () => {
    const known = [recordOf('s1', { backUp: 'there', sha256: 'abc', metric: 1 })];
    const seen = { known, found: [foundOf('s1')], stamps: new Map([['out/s1.pt', 'two']]), pattern: '*', attempt: 2, now: 7 };
    expect(compareCheckpoints(seen).changes).toMatchObject([
      { record: { backUp: null, sha256: null, metric: null, attempt: 2 } },
    ]);
  });
});

describe('what stands still', () => {
  const sized: CheckpointRules = { ...plain, size: { low: 50, high: 90, text: '50B..90B' } };
  const loading: CheckpointRules = { ...sized, loads: { command: 'true', timeLimitSeconds: 1 } };

  it.each<[string, CheckpointRules, number, boolean, string, RegExp | null]>([
    ['is complete', plain, 100, true, 'complete', null],
    ['without its end is never gone on from', plain, 100, false, 'invalid', /cut off/],
    ['and is of the right size is complete', sized, 70, true, 'complete', null],
    ['and is too large is odd', sized, 100, true, 'complete', /100 B, expected 50B..90B/],
    ['and is too small is never gone on from', sized, 10, true, 'invalid', /10 B, expected/],
    ['and is too small is for the loading command to judge', loading, 10, true, 'complete', /10 B, expected/],
  ])('%s', (_, rules, size, isWhole, state, message) => {
    const settled = settle(rules, recordOf('s1', { state: 'writing', size }), isWhole);
    expect(settled.state).toBe(state);
    if (message === null) expect(settled.message).toBeNull();
    else expect(settled.message).toMatch(message);
  });
});

describe('the checkpoint that is expected next', () => {
  it.each<[Partial<CheckpointRules>, number, number | null]>([
    [{}, 999, null],
    [{}, 1000, 1000],
    [{}, 2999, 2000],
    [{ firstAt: 500 }, 499, null],
    [{ firstAt: 500 }, 1499, 500],
    [{ firstAt: 500 }, 1500, 1500],
    [{ every: null }, 5000, null],
  ])('with %j at step %i is that of step %s', (rules, step, expected) => {
    expect(lastExpected({ ...plain, ...rules }, step)).toBe(expected);
  });

  it.each<[string, CheckpointRecord[], boolean]>([
    ['one of its step', [recordOf('s2000')], true],
    ['one of a step before, since trainers count from 0', [recordOf('s1999')], true],
    ['a later one alone, where the job removes the older', [recordOf('s3000')], true],
    ['one that is gone by now', [recordOf('s2000', { state: 'removed' })], true],
    ['one whose name tells no step', [recordOf('last')], true],
    ['the one before', [recordOf('s1000')], false],
    ['none', [], false],
  ])('of step 2000 has come with %s', (_, records, come) => {
    expect(hasCome(plain, 2000, records)).toBe(come);
  });

  it('is missed when the training is past it by a twentieth of its interval and by two minutes, until it comes', () => {
    let now = 0;
    const expectation = watchExpectation(plain, () => now);
    const told = (...records: CheckpointRecord[]) => expectation.reasons(records).map(({ text }) => text);
    expectation.see(1049);
    now += 3_600_000;
    expect(told()).toEqual([]);
    expectation.see(1050);
    now += 119_999;
    expect(told()).toEqual([]);
    now += 1;
    expect(told()).toEqual(['expected a checkpoint at step 1000, none came']);
    expect(told(recordOf('s200'))).toEqual(['expected a checkpoint at step 1000, the last one is out/s200.pt']);
    expect(told(recordOf('s1000'))).toEqual([]);
  });
});

describe('what need not stay', () => {
  const records = [1, 2, 3, 4, 5].map((step) => recordOf(`s${step}`, { metric: Math.abs(step - 2) }));
  const remove = (rules: Partial<CheckpointRules>, all = records) =>
    chooseRemoved({ ...plain, ...rules }, all).map(({ step }) => step);
  const best = { source: 'validation', column: 'loss', mode: 'min' } as const;

  it('is nothing, unless the playbook says so', () => {
    expect(remove({})).toEqual([]);
  });

  it('are those before the last ones', () => {
    expect(remove({ keep: { last: 2, best: 0 } })).toEqual([3, 2, 1]);
  });

  it('is not the best one, either way', () => {
    expect(remove({ keep: { last: 2, best: 1 }, best })).toEqual([3, 1]);
    expect(remove({ keep: { last: 1, best: 2 }, best: { ...best, mode: 'max' } })).toEqual([3, 2, 1]);
  });

  it('is never one without the copy that is asked for', () => {
    const copied = records.map((record) => (record.step === 1 ? { ...record, backUp: 'there' } : record));
    expect(remove({ keep: { last: 1, best: 0 }, backUp: { kind: 'same', path: '/copies' } }, copied)).toEqual([1]);
  });

  it('is never one that fleet has not seen whole, nor the newest that loads', () => {
    const loads = { command: 'true', timeLimitSeconds: 1 };
    const states = ['valid', 'valid', 'complete', 'invalid', 'writing'] as const;
    const all = records.map((record, index) => ({ ...record, state: states[index] ?? 'complete' }));
    expect(remove({ keep: { last: 1, best: 0 }, loads }, all)).toEqual([1]);
  });

  it('is never one whose name tells no step', () => {
    expect(remove({ keep: { last: 1, best: 0 } }, [recordOf('last'), ...records])).toEqual([4, 3, 2, 1]);
  });
});

describe('a safetensors file', () => {
  it.each([
    ['{"w":{"data_offsets":[0,80]}}', 80, true],
    ['{"w":{"data_offsets":[0,80]}}', 79, false],
    ['{"__metadata__":{"format":"pt"},"a":{"data_offsets":[0,8]},"b":{"data_offsets":[8,16]}}', 16, true],
    ['{"w":{"data_off', 80, false],
    ['{"w":{}}', 80, false],
    ['7', 80, false],
  ])('with the header %s and %i bytes behind it is whole: %s', (header, bytes, whole) => {
    expect(isLongEnough(Buffer.from(header), bytes)).toBe(whole);
  });
});

it.each([
  ['out/step_1.pt', 'out/step_1.pt'],
  ['/data/out/step_1', 'data/out/step_1'],
  ['../../etc/step_1.pt', 'etc/step_1.pt'],
])('a copy of %s lies below its folder, as %s', (path, name) => {
  expect(nameOfCopy(path)).toBe(name);
});
