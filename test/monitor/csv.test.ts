import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CsvLayout } from '../../src/monitor/csv-cells.ts';
import { readCsv } from '../../src/monitor/csv.ts';
import type { Reading } from '../../src/monitor/reading.ts';
import { prepareSource } from '../../src/monitor/sources.ts';
import type { CsvRule } from '../../src/monitor/rules.ts';
import { chunkOf, readInPieces, startedAt } from './monitor-support.ts';

const headerless: CsvRule = { kind: 'csv', name: 'training', columns: ['step', 'loss', 'lr', 'toks_per_s'], step: 'step' };
const headed: CsvRule = { ...headerless, columns: null };

function read(rule: CsvRule, text: string | Buffer, layout: CsvLayout = { columns: rule.columns }, offset = 0): Reading {
  return readCsv(rule, layout, chunkOf(text, { offset }));
}

function stepsOf(reading: Reading): (number | null)[] {
  return reading.rows.map(({ step }) => step);
}

describe('a file without a header', () => {
  it('gives rows with their byte offsets, numbers as numbers', () => {
    expect(read(headerless, '1,4.5,2.0e-04,47\n2,4.25,2E-4,+48.5\n')).toEqual({
      consumed: 35,
      rows: [
        { position: 0, step: 1, at: startedAt, columns: { step: 1, loss: 4.5, lr: 0.0002, toks_per_s: 47 } },
        { position: 17, step: 2, at: startedAt, columns: { step: 2, loss: 4.25, lr: 0.0002, toks_per_s: 48.5 } },
      ],
      skipped: { count: 0, firstReason: null },
      notFinite: 0,
    });
  });

  it('passes over a header that a writer put in all the same', () => {
    const reading = read(headerless, 'step,loss,lr,toks_per_s\n1,4,1e-4,47\nstep,loss,lr,toks_per_s\n2,4,1e-4,47\n');
    expect(stepsOf(reading)).toEqual([1, 2]);
    expect(reading.skipped.count).toBe(0);
  });
});

describe('a file with a header', () => {
  it('takes its columns from the first line and keeps them for the next chunk', () => {
    const layout: CsvLayout = { columns: null };
    const first = 'step,loss\n1,4\n';
    expect(read(headed, first, layout).rows[0]?.columns).toEqual({ step: 1, loss: 4 });
    expect(read(headed, '2,3\n', layout, first.length).rows[0]).toMatchObject({ position: 14, columns: { step: 2, loss: 3 } });
  });

  it('is read again while no row follows the header, so that nobody starts behind it', () => {
    const layout: CsvLayout = { columns: null };
    expect(read(headed, 'step,loss\n', layout)).toMatchObject({ consumed: 0, rows: [] });
    expect(stepsOf(read(headed, 'step,loss\n1,4\n', layout))).toEqual([1]);
  });

  it('goes on with other columns after a header that names others', () => {
    const reading = read(headed, 'step,loss\n1,4\nstep,loss,lr\n2,3,1e-4\n');
    expect(reading.rows.map(({ columns }) => columns)).toEqual([
      { step: 1, loss: 4 },
      { step: 2, loss: 3, lr: 0.0001 },
    ]);
  });

  it('keeps the order of columns that are named by nothing, by a number or twice', () => {
    const [row] = read(headed, ',step,7,loss,loss\n0,1,2,3,4\n').rows;
    expect(Object.entries(row?.columns ?? {})).toEqual([
      ['column_1', 0],
      ['step', 1],
      ['column_3', 2],
      ['loss', 3],
      ['loss_5', 4],
    ]);
  });

  it('keeps rows of sparse columns: empty is empty, and no number', () => {
    const reading = read(headed, 'step,train_loss,val_loss\n10,0.5,\n10,,0.6\n,,\n');
    expect(reading.rows.map(({ columns }) => columns)).toEqual([
      { step: 10, train_loss: 0.5, val_loss: '' },
      { step: 10, train_loss: '', val_loss: 0.6 },
      { step: '', train_loss: '', val_loss: '' },
    ]);
    expect(stepsOf(reading)).toEqual([10, 10, null]);
    expect(reading.notFinite).toBe(0);
  });

  it('that has none after all is not read, and says so', () => {
    const rows = '1,4\n2,3\n'.repeat(10_000);
    expect(read(headed, rows)).toMatchObject({
      rows: [],
      skipped: { count: 20_000, firstReason: 'the columns are not known: the first line of the file does not name them' },
    });
  });
});

describe('what writers do to a file', () => {
  it.each([
    ['line ends of Windows', '1,4,1e-4,47\r\n2,4,1e-4,47\r\n'],
    ['a byte order mark', '\ufeff1,4,1e-4,47\n2,4,1e-4,47\n'],
    ['blank lines', '\n\n1,4,1e-4,47\n  \n\n2,4,1e-4,47\n\n'],
    ['blanks around cells', ' 1 , 4 , 1e-4 , 47\n2,\t4,1e-4,47 \n'],
    ['quoted cells', '"1","4","1e-4","47"\n2,4,1e-4,47\n'],
  ])('%s do not matter', (_, text) => {
    const reading = read(headerless, text);
    expect(reading.rows.map(({ columns }) => columns)).toEqual([
      { step: 1, loss: 4, lr: 0.0001, toks_per_s: 47 },
      { step: 2, loss: 4, lr: 0.0001, toks_per_s: 47 },
    ]);
    expect(reading.skipped.count).toBe(0);
  });

  it.each([
    ['too few columns', '1,4\n', 'expected 4 columns (step, loss, lr, toks_per_s), got 2'],
    ['too many columns', '1,4,1,2,3\n', 'expected 4 columns (step, loss, lr, toks_per_s), got 5'],
    ['a separator', '--------\n', 'expected 4 columns (step, loss, lr, toks_per_s), got 1'],
    ['a sentence with commas', 'Traceback, most, recent, call\n', 'expected a number in column "step", got "Traceback"'],
    ['NUL bytes', '\x00\x00\x001,4,1e-4,47\n', 'a line with NUL bytes'],
    ['an open quote', '1,"4,1e-4,47\n', 'a line with unbalanced quotes: "1,"4,1e-4,47"'],
  ])('%s cost one line, which is counted', (_, line, reason) => {
    const reading = read(headerless, `7,4,1e-4,47\n${line}8,4,1e-4,47\n`);
    expect(stepsOf(reading)).toEqual([7, 8]);
    expect(reading.skipped).toEqual({ count: 1, firstReason: reason });
  });

  it('thousands are read with their separators', () => {
    expect(read(headerless, '"32,768","1,234.5",1e-4,"1,081"\n').rows[0]).toMatchObject({
      step: 32_768,
      columns: { step: 32_768, loss: 1234.5, toks_per_s: 1081 },
    });
  });

  it.each([
    'nan',
    'NaN',
    'NAN',
    '-nan',
    'nan(ind)',
    '-nan(ind)',
    '1.#QNAN',
    '1.#IND',
    '1.#INF',
    'inf',
    '-inf',
    '+Inf',
    'Infinity',
    '1e999',
  ])('"%s" is null, and counted', (value) => {
    const reading = read(headerless, `5,${value},1e-4,47\n`);
    expect(reading.rows[0]?.columns['loss']).toBeNull();
    expect(reading).toMatchObject({ notFinite: 1, skipped: { count: 0 } });
  });

  it('text that only looks like such a value stays text', () => {
    expect(read(headerless, '5,[INFO],nano,information\n').rows[0]?.columns).toEqual({
      step: 5,
      loss: '[INFO]',
      lr: 'nano',
      toks_per_s: 'information',
    });
  });

  it('invalid UTF-8 costs nothing but the broken character', () => {
    const bytes = Buffer.concat([Buffer.from('5,'), Buffer.from([0xff, 0xfe]), Buffer.from(',1e-4,47\n6,4,1e-4,47\n')]);
    expect(stepsOf(read(headerless, bytes))).toEqual([5, 6]);
  });
});

describe('the separator', () => {
  it.each([
    [';', 'step;loss;note\n1;4.5;a,b\n2;4,25;c\n'],
    ['\t', 'step\tloss\tnote\n1\t4.5\ta,b\n2\t4,25\tc\n'],
    ['|', 'step|loss|note\n1|4.5|a,b\n2|4,25|c\n'],
  ])('%j is found or said; a number with a comma stays text there, and is told', (separator, text) => {
    const rule: CsvRule = separator === '|' ? { ...headed, separator } : headed;
    const reading = read(rule, text);
    expect(reading.rows.map(({ columns }) => columns)).toEqual([
      { step: 1, loss: 4.5, note: 'a,b' },
      { step: 2, loss: '4,25', note: 'c' },
    ]);
    expect(reading.skipped).toEqual({ count: 1, firstReason: 'a number with a comma is not read as a number: "4,25"' });
  });

  it('may stand in a text of a file that has another', () => {
    const reading = read(headed, 'step,note\n1,a;b\n2,"c;d,e"\n3,\t\n');
    expect(reading.rows.map(({ columns }) => columns['note'])).toEqual(['a;b', 'c;d,e', '']);
  });

  it('of a file without a header is found from the number of its columns and its step', () => {
    const rule: CsvRule = { ...headerless, columns: ['step', 'loss'] };
    expect(read(rule, '1;2,5\n2;3\n').rows.map(({ columns }) => columns)).toEqual([
      { step: 1, loss: '2,5' },
      { step: 2, loss: 3 },
    ]);
  });

  it('a step with a decimal comma costs the line', () => {
    const reading = read(headed, 'step;loss\n1,5;3\n2;3\n');
    expect(stepsOf(reading)).toEqual([2]);
    expect(reading.skipped).toEqual({ count: 1, firstReason: 'expected a number in column "step", got "1,5"' });
  });
});

it('a comma behind a single 0 is no comma of thousands', () => {
  expect(read(headerless, '1,"0,123",1e-4,"1,230"\n').rows[0]?.columns).toMatchObject({ loss: '0,123', toks_per_s: 1230 });
});

describe('a file that is read from its middle on', () => {
  it('has columns and separator from its head', () => {
    const rule: CsvRule = { ...headed, step: 'n' };
    const file = prepareSource(rule).open(null);
    expect(file.needsHead()).toBe(true);
    const chunk = chunkOf('1,5;2\n3;4,5\n', { offset: 900, head: Buffer.from('\ufeffn;loss\r\n0;1\r\n') });
    const reading = file.read(chunk, () => null);
    expect(reading.rows.map(({ columns }) => columns)).toEqual([{ n: 3, loss: '4,5' }]);
    expect(reading.skipped.count).toBe(2);
    expect(file.needsHead()).toBe(false);
  });

  it('does without where its head names nothing', () => {
    const file = prepareSource(headed).open(null);
    expect(file.read(chunkOf('1,2\n', { offset: 900, head: Buffer.from('0,1\n') }), () => null).skipped.count).toBe(1);
    expect(file.needsHead()).toBe(false);
  });
});

describe('an unfinished last line', () => {
  it('is never used, even if it looks whole', () => {
    const reading = read(headerless, '1,4,1e-4,47\n2,4,1e-4,47');
    expect(reading).toMatchObject({ consumed: 12, rows: [{ step: 1 }] });
  });

  it('alone leaves everything for the next reading', () => {
    expect(read(headerless, '1,4,1e-4,47')).toMatchObject({ consumed: 0, rows: [] });
    expect(read(headerless, '')).toMatchObject({ consumed: 0, rows: [] });
  });

  it('of more than 1 MiB is skipped once, however it is cut', () => {
    const file = Buffer.from(`1,4,1e-4,47\n${'x'.repeat(5 * 2 ** 20)}\n2,4,1e-4,47\n`);
    const layout: CsvLayout = { columns: headerless.columns };
    const cuts = [2, 4, 6].map((mebibytes) => mebibytes * 2 ** 20);
    const readings = readInPieces((chunk) => readCsv(headerless, layout, chunk), file, cuts);
    expect(readings.flatMap(stepsOf)).toEqual([1, 2]);
    expect(readings.reduce((sum, { skipped }) => sum + skipped.count, 0)).toBe(1);
    expect(readings[0]?.consumed).toBeGreaterThan(2 ** 19);
  });
});

describe('a file read in pieces', () => {
  it('gives the same rows as one read at once, wherever it is cut', () => {
    const line = fc.oneof(
      fc.tuple(fc.nat(9999), fc.constantFrom('1.5', 'nan', '', '"1,000"', 'é∞')).map(([step, cell]) => `${step},${cell},1e-4,47`),
      fc.constantFrom('', 'step,loss,lr,toks_per_s', 'foreign', '1,"', '\ufeff'),
    );
    const file = fc.tuple(fc.array(line, { maxLength: 20 }), fc.constantFrom('\n', '\r\n'), fc.boolean());
    fc.assert(
      fc.property(file, fc.array(fc.nat(400), { maxLength: 8 }), fc.boolean(), ([lines, end, ended], cuts, hasHeader) => {
        const rule = hasHeader ? headed : headerless;
        const text = [...(hasHeader ? ['step,loss,lr,toks_per_s'] : []), ...lines].join(end) + (ended ? end : '');
        const collect = (pieces: number[]) => {
          const layout: CsvLayout = { columns: rule.columns };
          const readings = readInPieces((chunk) => readCsv(rule, layout, { ...chunk, readAt: 0 }), Buffer.from(text), pieces);
          return {
            rows: readings.flatMap(({ rows }) => rows),
            skipped: readings.reduce((sum, { skipped }) => sum + skipped.count, 0),
          };
        };
        expect(collect(cuts)).toEqual(collect([]));
      }),
    );
  });
});
