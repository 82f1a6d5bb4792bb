import { describe, expect, test } from 'vitest';
import type { Row } from '../../../src/engine/entries/check-rows.ts';
import { mergeRows, mergeTables } from '../../../src/engine/gang/merge-rows.ts';

const targets = Array.from({ length: 8 }, (_, index) => ({ index, role: 'main', host: 'tpu1', worker: index, address: null }));
const pass: Row = { name: 'packages', result: 'pass', expected: 'torch', observed: '2.2.0', message: null, seconds: 1 };
const rows = (change: (index: number) => Partial<Row>) =>
  targets.map((target) => ({ target, row: { ...pass, ...change(target.index) } }));

describe('a row of several workers', () => {
  test('that showed the same has it once, and each of them for itself', () => {
    const merged = mergeRows(
      targets,
      rows((index) => ({ seconds: index })),
      { alike: true },
    );
    expect(merged).toMatchObject({ result: 'pass', observed: '2.2.0', message: null, seconds: 7 });
    expect(merged.workers).toHaveLength(8);
  });

  test('is as bad as its worst worker, which is named first, with why', () => {
    const broken = { result: 'fail', observed: 'not there', message: 'pip install torch' } as const;
    const merged = mergeRows(
      targets,
      rows((index) => (index === 5 ? broken : {})),
      { alike: false },
    );
    expect(merged).toMatchObject({
      result: 'fail',
      observed: 'worker 5: not there; workers 0-4, 6 and 7: 2.2.0',
      message: 'worker 5: pip install torch',
    });
  });

  test.each([
    ['fail', 'error', 'fail'],
    ['error', 'warn', 'error'],
    ['warn', 'pass', 'warn'],
    ['pass', 'skip', 'pass'],
  ] as const)('puts %s before %s', (graver, other, result) => {
    const merged = mergeRows(
      targets,
      rows((index) => ({ result: index === 3 ? graver : other })),
      { alike: false },
    );
    expect(merged.result).toBe(result);
  });

  test('that must be alike fails where one passes with something else than most', () => {
    const merged = mergeRows(
      targets,
      rows((index) => (index === 2 ? { observed: '2.1.0' } : {})),
      { alike: true },
    );
    expect(merged).toMatchObject({
      result: 'fail',
      expected: 'the same on every worker',
      observed: 'worker 2: 2.1.0; workers 0, 1 and 3-7: 2.2.0',
      message: 'worker 2: the others have 2.2.0',
    });
  });

  test('that must be alike is compared by all that was seen, and not by an exit status', () => {
    const merged = mergeRows(
      targets,
      rows((index) => ({ observed: 'exit 0', seen: index === 2 ? 'b0b' : 'a0a' })),
      { alike: true },
    );
    expect(merged).toMatchObject({ result: 'fail', observed: 'worker 2: b0b; workers 0, 1 and 3-7: a0a' });
  });

  test('need not be alike where nobody said so', () => {
    const merged = mergeRows(
      targets,
      rows((index) => (index === 2 ? { observed: '2.1.0' } : {})),
      { alike: false },
    );
    expect(merged.result).toBe('pass');
  });

  test('is remembered for each worker, and only where all have passed', () => {
    const remembered = rows((index) => ({ rememberAs: [`key ${index}`] }));
    expect(mergeRows(targets, remembered, { alike: true }).rememberAs).toHaveLength(8);
    const failed = rows((index) => (index === 0 ? { result: 'fail' as const } : { rememberAs: [`key ${index}`] }));
    expect(mergeRows(targets, failed, { alike: true }).rememberAs).toBeUndefined();
  });

  test('of a run on one worker is its row', () => {
    const [first] = targets;
    if (first === undefined) throw new Error('there is no target');
    expect(mergeRows([first], [{ target: first, row: pass }], { alike: true })).toBe(pass);
  });
});

test('tables are joined by the names of their rows', () => {
  const tables = targets.map((target) => ({ target, rows: [pass, ...(target.index === 4 ? [{ ...pass, name: 'odd' }] : [])] }));
  const merged = mergeTables(targets, tables);
  expect(merged.map(({ name, workers }) => [name, workers?.length])).toEqual([
    ['packages', 8],
    ['odd', 1],
  ]);
});
