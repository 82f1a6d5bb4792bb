/** Bytes of one file as they were read, starting where the last reading of that file was consumed to. */
export interface Chunk {
  /** Name of a metric source, `log`, or `log:` and the glob of a further log. */
  source: string;
  worker: number;
  attempt: number;
  bytes: Buffer;
  /** Offset of `bytes[0]` in the file. */
  offset: number;
  /** Which file of the source; 0 when left out. */
  generation?: number;
  /** What stands in the path for the name in braces. */
  label?: string | null;
  /** The first bytes of the file, where the monitor asked for them. */
  head?: Buffer | null;
  /** Wall clock, milliseconds. */
  readAt: number;
}

export interface Row {
  /**
   * Byte offset of the row in its file; for accelerators that of the sample, and a number; for a file that is read whole its index. Not smaller than the
   * one before, unless the file is another one.
   */
  position: number;
  /** Null for rows that have no place among the training steps; they never count as progress. */
  step: number | null;
  /** When it was written if the row says so, else when it was read. Milliseconds. */
  at: number;
  columns: Record<string, unknown>;
}

/** Lines that could not be used. */
interface Skipped {
  count: number;
  firstReason: string | null;
}

export interface Reading {
  /** Bytes that need not be read again: up to the end of the last whole line. */
  consumed: number;
  rows: Row[];
  skipped: Skipped;
  /** NaN and Infinity met, in every spelling; they are null in `columns`. */
  notFinite: number;
}

export function startReading(): Reading {
  return { consumed: 0, rows: [], skipped: { count: 0, firstReason: null }, notFinite: 0 };
}

export function skipLine(reading: Reading, reason: string): void {
  reading.skipped.count += 1;
  reading.skipped.firstReason ??= reason;
}

/** A piece of a line for a message: short, and without control characters. */
export function excerpt(text: string, limit = 60): string {
  const plain = text.slice(0, limit * 2).replaceAll(/[\x00-\x1f\x7f]+/g, ' ');
  return plain.length > limit ? `${plain.slice(0, limit)}…` : plain;
}
