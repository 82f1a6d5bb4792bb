import type { CheckResult } from '../../lifecycle/states.ts';
import type { WorkerLook } from '../../store/check-records.ts';
import type { TargetRecord } from '../../store/records.ts';
import type { Row } from '../entries/check-rows.ts';
import { shorten } from '../entries/expectation.ts';
import { groupBy } from './group-by.ts';
import { nameWorkers } from './name-workers.ts';

/** What one worker showed. */
export interface WorkerRow {
  target: TargetRecord;
  row: Row;
}

/** Gravest first. */
const gravity: readonly CheckResult[] = ['fail', 'error', 'warn', 'pass', 'skip'];

const same = 'the same on every worker';

/**
 * One row of several workers: the gravest result, and what each of them showed, those that showed the same together. With `alike`, a pass that shows
 * something else than most do has failed. `targets`: all of the run.
 */
export function mergeRows(targets: readonly TargetRecord[], all: readonly WorkerRow[], { alike }: { alike: boolean }): Row {
  const [first] = all;
  if (first === undefined) throw new TypeError('a row of no worker');
  if (targets.length === 1) return first.row;
  const rows = alike ? findOdd(all) : all;
  const gravest = rows.reduce((worst, each) => (rank(each) < rank(worst) ? each : worst));
  const { name, repeats, reason } = gravest.row;
  const ofGravest = rows.filter(({ row }) => row.result === gravest.row.result);
  const remembered = all.flatMap(({ row }) => row.rememberAs ?? []);
  return {
    name,
    ...(repeats === undefined ? {} : { repeats }),
    ...(reason === undefined ? {} : { reason }),
    result: gravest.row.result,
    expected: gravest.row.expected,
    observed: together(targets, rows, ({ observed }) => observed),
    message: together(targets, ofGravest, ({ message }) => message, rows.length),
    seconds: longest(rows),
    ...(remembered.length === all.length && gravest.row.result === 'pass' ? { rememberAs: remembered } : {}),
    workers: rows.map(({ target, row: { result, observed, message, seconds } }): WorkerLook => {
      return { worker: target.index, result, observed, message, seconds };
    }),
  };
}

/** Rows of several looks, by their names, in the order in which they first came. */
export function mergeTables(
  targets: readonly TargetRecord[],
  tables: readonly { target: TargetRecord; rows: readonly Row[] }[],
): Row[] {
  const names = [...new Set(tables.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  return names.map((name) => {
    const found = tables.flatMap(({ target, rows }) => rows.filter((row) => row.name === name).map((row) => ({ target, row })));
    return mergeRows(targets, found, { alike: false });
  });
}

function rank({ row }: WorkerRow): number {
  return gravity.indexOf(row.result);
}

function findOdd(all: readonly WorkerRow[]): WorkerRow[] {
  const passed = all.filter(({ row }) => row.result === 'pass');
  const groups = groupBy(passed, ({ row }) => seenBy(row));
  if (groups.size < 2) return [...all];
  const usual = [...groups].reduce<[string | null, number]>(
    (most, [seen, rows]) => (rows.length > most[1] ? [seen, rows.length] : most),
    [null, 0],
  )[0];
  return all.map(({ target, row }) => {
    if (row.result !== 'pass') return { target, row };
    const { rememberAs: _, ...rest } = row;
    const shown = { ...rest, observed: show(seenBy(row)) };
    if (seenBy(row) === usual) return { target, row: shown };
    return { target, row: { ...shown, result: 'fail' as const, expected: same, message: `the others have ${show(usual)}` } };
  });
}

function seenBy({ seen, observed }: Row): string | null {
  return seen ?? observed;
}

function show(text: string | null): string {
  const line = shorten(text ?? '');
  return line === '' ? 'nothing' : line;
}

/** `worker 5: 2.1.0; workers 0-4, 6 and 7: 2.2.0`, the few before the many; the text alone where all have the same. */
function together(
  targets: readonly TargetRecord[],
  rows: readonly WorkerRow[],
  textOf: (row: Row) => string | null,
  of = rows.length,
): string | null {
  const groups = [...groupBy(rows, ({ row }) => textOf(row))].filter(([text]) => text !== null);
  const [only] = groups;
  if (only === undefined) return null;
  if (groups.length === 1 && only[1].length === of) return only[0];
  return groups
    .sort(([, a], [, b]) => a.length - b.length)
    .map(([text, those]) => {
      const some = those.map(({ target }) => target);
      return `${nameWorkers(targets, some)}: ${text ?? ''}`;
    })
    .join('; ');
}

function longest(rows: readonly WorkerRow[]): number | null {
  const seconds = rows.flatMap(({ row }) => row.seconds ?? []);
  return seconds.length === 0 ? null : Math.max(...seconds);
}
