import { describe, expect, it } from 'vitest';
import { describeEnd, parseJsonRows, readRecords, type Records, type RecordRows } from '../../src/monitor/records.ts';
import { startedAt } from './monitor-support.ts';

const never = () => null;
const unread: Omit<Records, 'content'> = {
  ...{ source: 'history', worker: 0, attempt: 1, generation: 0, taken: 0, lastDigest: null, readAt: startedAt },
};

/** Each content in turn, going on with nothing but what the reading before gave. */
function readInTurn(contents: Records['content'][], start = unread) {
  let known = start;
  return contents.map((content) => {
    const { reading, ...end } = readRecords({ ...known, content }, ({ step }) => (typeof step === 'number' ? step : null));
    known = { ...known, ...end };
    return {
      generation: end.generation,
      rows: reading.rows.map(({ position, columns }) => [position, columns['step']]),
      reading,
    };
  });
}

function listOf(...steps: number[]): RecordRows {
  return { list: steps.map((step) => ({ step, loss: 1 / step })) };
}

describe('a list that is read whole', () => {
  it('gives each record once, at its index', () => {
    expect(readInTurn([listOf(1), listOf(1, 2, 3), listOf(1, 2, 3)])).toMatchObject([
      { generation: 0, rows: [[0, 1]] },
      {
        generation: 0,
        rows: [
          [1, 2],
          [2, 3],
        ],
      },
      { generation: 0, rows: [] },
    ]);
  });

  it('that became shorter, or has another record where the last one was, is a new generation', () => {
    expect(readInTurn([listOf(1, 2, 3), listOf(1, 2), listOf(1, 7), listOf(1, 7, 9)])).toMatchObject([
      { generation: 0 },
      {
        generation: 1,
        rows: [
          [0, 1],
          [1, 2],
        ],
      },
      {
        generation: 2,
        rows: [
          [0, 1],
          [1, 7],
        ],
      },
      { generation: 2, rows: [[2, 9]] },
    ]);
  });

  it('of an older run is passed over', () => {
    const old = { ...unread, ...describeEnd(listOf(1, 2)) };
    expect(readInTurn([listOf(1, 2), listOf(1, 2, 3)], old)).toMatchObject([{ rows: [] }, { rows: [[2, 3]] }]);
    expect(readInTurn([listOf(5, 6, 7)], old)).toMatchObject([
      {
        generation: 1,
        rows: [
          [0, 5],
          [1, 6],
          [2, 7],
        ],
      },
    ]);
  });
});

it('a file of one record gives a row for each change of it', () => {
  expect(readInTurn([{ one: { step: 1 } }, { one: { step: 1 } }, { one: { step: 2 } }])).toMatchObject([
    { rows: [[0, 1]] },
    { rows: [] },
    { rows: [[1, 2]] },
  ]);
});

it('what cannot be read is counted', () => {
  const [first] = readInTurn(['expected JSON, and it is none']);
  expect(first?.reading).toMatchObject({ rows: [], skipped: { count: 1, firstReason: 'expected JSON, and it is none' } });
});

describe('a JSON file of a trainer', () => {
  it('has NaN and Infinity as literals, which are null, and counted where they are new', () => {
    const text =
      '\ufeff{"best": NaN, "log_history": [{"loss": NaN, "note": "NaN, inf", "step": 1}, {"loss": -Infinity, "ts": 12, "step": 2}]}';
    const content = parseJsonRows(Buffer.from(text), 'log_history');
    const { reading } = readRecords({ ...unread, content, taken: 0 }, never);
    expect(reading.rows.map(({ at, columns }) => [at, columns])).toEqual([
      [startedAt, { loss: null, note: 'NaN, inf', step: 1 }],
      [12_000, { loss: null, ts: 12, step: 2 }],
    ]);
    expect(reading.notFinite).toBe(2);
  });

  it.each([
    ['{"a": {"b": [{"step": 1}]}}', 'a.b', { list: [{ step: 1 }] }],
    ['[{"step": 1}]', null, { list: [{ step: 1 }] }],
    ['{"step": 1}', null, { one: { step: 1 } }],
    ['{"a": {"step": 1}}', 'a', { one: { step: 1 } }],
    ['{"a": [1]}', 'a', 'expected a list of objects at "a", and it has others'],
    ['{"a": 1}', 'b.c', 'expected an object or a list of objects at "b.c"'],
    ['17', null, 'expected an object or a list of objects'],
    ['{"log_history": [{"loss": 1', 'log_history', 'expected JSON, and it is none'],
    ['', null, 'expected JSON, and it is none'],
  ])('%s at %s', (text, rows, expected) => {
    expect(parseJsonRows(Buffer.from(text), rows)).toEqual(expected);
  });
});
