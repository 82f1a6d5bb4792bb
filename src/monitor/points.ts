import type { Point } from '../language/series.ts';
import type { Row } from './reading.ts';

interface Entry extends Point {
  at: number;
  attempt: number;
}

/** The readings of one column that a criterion looks at. */
export interface Points {
  add(row: Row, value: unknown, x: number, attempt: number, worker: number): void;
  /** In the order of the file; the files of several workers are merged by time, always in the same way. */
  read(): readonly Point[];
}

export function collectPoints(): Points {
  const workers = new Map<number, Entry[]>();
  return {
    add(row, value, x, attempt, worker) {
      const entries = workers.get(worker);
      const entry = { x, y: typeof value === 'number' ? value : null, at: row.at, attempt };
      if (entries === undefined) workers.set(worker, [entry]);
      else entries.push(entry);
    },
    read() {
      const lists = [...workers.entries()].sort(([a], [b]) => a - b).map(([, entries]) => entries);
      const [first, ...others] = lists;
      return others.length === 0 ? (first ?? []) : merge(lists);
    },
  };
}

function merge(lists: Entry[][]): Entry[] {
  const heads = lists.map(() => 0);
  const merged: Entry[] = [];
  for (;;) {
    let earliest: Entry | undefined;
    let from = -1;
    for (const [index, list] of lists.entries()) {
      const entry = list[heads[index] ?? 0];
      if (entry === undefined || (earliest !== undefined && !isBefore(entry, earliest))) continue;
      earliest = entry;
      from = index;
    }
    if (earliest === undefined) return merged;
    merged.push(earliest);
    heads[from] = (heads[from] ?? 0) + 1;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.attempt === right.attempt ? left.at < right.at : left.attempt < right.attempt;
}
