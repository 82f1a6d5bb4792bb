import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonl } from '../../src/monitor/jsonl.ts';
import type { JsonlRule } from '../../src/monitor/rules.ts';
import { chunkOf, readInPieces, startedAt } from './monitor-support.ts';

const rule: JsonlRule = { kind: 'jsonl', name: 'heartbeat', step: 'step', when: null };
const always = { counts: () => true, stepAt: () => null };

function read(text: string | Buffer, judge: Parameters<typeof readJsonl>[1] = always, asked = rule) {
  return readJsonl(asked, judge, chunkOf(text, { source: 'heartbeat' }));
}

function columnsOf(text: string) {
  return read(text).rows.map(({ columns }) => columns);
}

describe('a record', () => {
  it('keeps every field as it is, and has the time that it says', () => {
    const record = { ts: 1_767_225_600.25, step: 7, msg: 'progress', loss: '3.5', extra: { deep: [1, null] } };
    expect(read(`${JSON.stringify(record)}\n`).rows).toEqual([{ position: 0, step: 7, at: 1_767_225_600_250, columns: record }]);
  });

  it.each(['"2026-01-01"', '-1', '1767225600000000', 'null'])('with ts %s has the time at which it was read', (ts) => {
    expect(read(`{"ts":${ts},"step":1}\n`).rows[0]?.at).toBe(startedAt);
  });

  it('that does not count has no step, and is kept', () => {
    const judge = { counts: (columns: Record<string, unknown>) => columns['msg'] === 'progress', stepAt: () => null };
    const text = '{"msg":"boot","step":0}\n{"msg":"progress","step":5}\n{"msg":"watchdog_dump","step":0}\n';
    expect(read(text, judge).rows.map(({ step, columns }) => [step, columns['msg']])).toEqual([
      [null, 'boot'],
      [5, 'progress'],
      [null, 'watchdog_dump'],
    ]);
  });

  it('of a source without steps is placed by its time', () => {
    const judge = { counts: () => true, stepAt: (at: number) => at / 1000 };
    expect(read('{"ts":12}\n', judge, { ...rule, step: null }).rows[0]?.step).toBe(12);
  });

  it.each([
    ['"12"', 12],
    ['12.0', 12],
    ['-3', null],
    ['null', null],
    ['true', null],
    ['"twelve"', null],
  ])('with step %s is at step %s', (step, expected) => {
    expect(read(`{"step":${step}}\n`).rows[0]?.step).toBe(expected);
  });
});

describe('numbers that JSON does not have', () => {
  it.each(['NaN', '-NaN', 'nan', 'Infinity', '-Infinity', 'inf', '-inf', '1e999'])('"%s" is null, and counted', (literal) => {
    const reading = read(`{"step":1,"loss":${literal}, "list":[1,${literal.replace('1e999', '2')}]}\n`);
    expect(reading.rows[0]).toMatchObject({ step: 1, columns: { loss: null } });
    expect(reading.notFinite).toBe(literal === '1e999' ? 1 : 2);
  });

  it('inside of text are text', () => {
    const columns = { note: 'loss NaN, "inf" {', Infinity: 'x' };
    expect(columnsOf(`{"bad":NaN,${JSON.stringify(columns).slice(1)}\n`)).toEqual([{ bad: null, ...columns }]);
  });
});

describe('a line', () => {
  it('with two objects gives two rows at their own offsets', () => {
    const reading = read('{"a":"é","step":1}{"step":2}, {"step":3}\n');
    expect(reading.rows.map(({ position, step }) => [position, step])).toEqual([
      [0, 1],
      [19, 2],
      [31, 3],
    ]);
    expect(reading.skipped.count).toBe(0);
  });

  it.each(['hello', '[1,2]', '17', 'null', '"text"', '{"torn":', '{broken}', '\0\0\0\0'])(
    '"%s" is skipped and counted',
    (line) => {
      const reading = read(`{"step":1}\n${line}\n{"step":2}\n`);
      expect(reading.rows.map(({ step }) => step)).toEqual([1, 2]);
      expect(reading.skipped.count).toBe(1);
      expect(reading.skipped.firstReason).toContain('expected a JSON object, got');
    },
  );

  it('with text before an object keeps the object', () => {
    expect(read('rank0: {"step":4}\n')).toMatchObject({
      rows: [{ position: 7, step: 4 }],
      skipped: { count: 1, firstReason: 'expected a JSON object, got "rank0: "' },
    });
  });

  it('nested too deep to be kept is skipped', () => {
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(read(`${deep}\n`)).toMatchObject({ rows: [], skipped: { count: 1, firstReason: 'a record nested deeper than 32' } });
  });

  it('takes no more than a moment, whatever it is full of', () => {
    for (const piece of ['"\\', '{', '{"', '[', 'N', '-', 'nan', '"', '}{']) {
      const started = performance.now();
      read(`${piece.repeat(2 ** 19 / piece.length)}\n`);
      expect(performance.now() - started, piece).toBeLessThan(2_000);
    }
  });
});

describe('a file', () => {
  it('with a mark, Windows line ends and blank lines is read', () => {
    expect(columnsOf('\ufeff{"step":1}\r\n\r\n{"step":2}\r\n')).toEqual([{ step: 1 }, { step: 2 }]);
  });

  it('gives the same rows wherever it is cut', () => {
    const record = fc.record({ step: fc.nat(), text: fc.string({ maxLength: 5 }), number: fc.double() });
    const line = fc.oneof(
      record.map((columns) => JSON.stringify(columns).replace('"number":null', '"number":NaN')),
      fc.constantFrom('', 'foreign', '{"step":1}{"step":2}'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 15 }), fc.array(fc.nat(600), { maxLength: 8 }), (lines, cuts) => {
        const file = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const collect = (pieces: number[]) =>
          readInPieces((chunk) => readJsonl(rule, always, { ...chunk, readAt: 0 }), file, pieces).flatMap(({ rows }) => rows);
        expect(collect(cuts)).toEqual(collect([]));
      }),
    );
  });

  it('of any text neither throws nor stands still', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const bytes = Buffer.from(`${text}\n`);
        expect(read(bytes).consumed).toBe(bytes.length);
      }),
    );
  });
});
