import { isDeepStrictEqual } from 'node:util';
import { giveAccount, type SmallHost } from '../support/small-run.ts';
import type { Played } from './faults.ts';

type Account = Record<string, unknown>;

/** How runs end that nothing disturbs. */
export type References = Record<'launched' | 'halted', Account>;

/** What went wrong in a run; nothing, if all went well. */
export interface Judgement {
  startedTwice: number;
  rowsLost: number;
  rowsDoubled: number;
  wrong: Account;
}

/** Judged by themselves. */
const ownColumns = ['starts', 'rowsAreThoseOfTheFile'];

export async function judge({ who, run, exit, ends }: Played, host: SmallHost, references: References): Promise<Judgement> {
  const account = { exit, ...(await giveAccount(who, host, run)) };
  const starts = host.starts(run.id);
  const isRefused = ends === 'refused' || wasNeverReached(run, exit);
  const expected = isRefused ? null : references[ends];
  return {
    startedTwice: starts.length - new Set(starts).size,
    ...(isRefused ? { rowsLost: 0, rowsDoubled: 0 } : compareRows(host.rows(), who.readRows(run.id))),
    wrong:
      expected === null
        ? compare(refusal(run, exit), { ...account, starts })
        : compare({ ...omit(expected, ownColumns), units: expected['starts'] }, { ...account, units: [...new Set(starts)] }),
  };
}

/** Three tries in vain before anything was sent, in which the line broke each time: that ends a run, and nothing of it is anywhere. */
function wasNeverReached(run: Played['run'], exit: number | null): boolean {
  return run.state === 'cancelled' && exit === 4;
}

function refusal(run: Played['run'], exit: number | null): Account {
  const ending = wasNeverReached(run, exit) ? { exit: 4, state: 'cancelled' } : { exit: 3, state: 'failed', verdict: 'NO-GO' };
  return { ...ending, starts: [], remains: [] };
}

function compare(expected: Account, got: Account): Account {
  const keys = Object.keys(expected).filter((key) => !isDeepStrictEqual(expected[key], got[key]));
  return Object.fromEntries(keys.map((key) => [key, { expected: expected[key], got: got[key] }]));
}

function omit(account: Account, keys: readonly string[]): Account {
  return Object.fromEntries(Object.entries(account).filter(([key]) => !keys.includes(key)));
}

/** The same row may be in a file twice: rows are counted. */
function compareRows(inFile: unknown[][], stored: unknown[][]): Pick<Judgement, 'rowsLost' | 'rowsDoubled'> {
  const missing = (from: unknown[][], others: unknown[][]) => {
    const left = others.map((row) => JSON.stringify(row));
    return from.filter((row) => {
      const index = left.indexOf(JSON.stringify(row));
      if (index >= 0) left.splice(index, 1);
      return index < 0;
    }).length;
  };
  return { rowsLost: missing(inFile, stored), rowsDoubled: missing(stored, inFile) };
}
