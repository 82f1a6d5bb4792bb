import { compilePattern } from '../language/pattern.ts';
import { parseCell, parseStep } from './cells.ts';
import { visitPlainLines } from './log.ts';
import type { Chunk, Reading, Row } from './reading.ts';

type Columns = Record<string, unknown>;

/** The columns that a line gives, or null when it is no line of this source. `last` is the row before, of the same file. */
export type ReadLine = (line: string, last: Columns | null) => Columns | null;

/** What is known of a file besides its offset: all of it can be had again from the row that was read last. */
export interface TextMemory {
  last: Pick<Row, 'step' | 'columns'> | null;
}

/**
 * The rows of a text. Other lines are none of its business. A row without a step of its own, as one of an "Epoch 3/50" block, is placed where the row before
 * it was; where the source has no steps, by its time.
 */
export function readText(
  { step: column, readLine }: { step: string | null; readLine: ReadLine },
  memory: TextMemory,
  stepAt: (at: number) => number | null,
  chunk: Chunk,
): Reading {
  if (chunk.offset === 0) memory.last = null;
  return visitPlainLines(chunk, (line, position, reading) => {
    const columns = readLine(line, memory.last?.columns ?? null);
    if (columns === null) return;
    for (const value of Object.values(columns)) if (value === null) reading.notFinite += 1;
    const step = column === null ? stepAt(chunk.readAt) : (parseStep(columns[column]) ?? memory.last?.step ?? null);
    const row = { position, step, at: chunk.readAt, columns };
    memory.last = row;
    reading.rows.push(row);
  });
}

/** Named groups are columns; where several patterns are found in one line they give one row, and the first to name a column has it. */
export function readByPatterns(sources: readonly string[]): ReadLine {
  const patterns = sources.flatMap((source) => {
    const compiled = compilePattern(source);
    return compiled.ok ? [compiled.pattern] : [];
  });
  return (line) => {
    let columns: Columns | undefined;
    for (const pattern of patterns) {
      const captures = pattern.capture(line);
      if (captures === null) continue;
      columns = { ...mapValues(captures), ...columns };
    }
    return columns ?? null;
  };
}

function mapValues(captures: Readonly<Record<string, string | number>>): Columns {
  return Object.fromEntries(
    Object.entries(captures).map(([name, value]) => [name, typeof value === 'string' ? parseCell(value) : value]),
  );
}
