/** A longer line is skipped: it is no row, and holding it would cost memory without a bound. */
const longestLineBytes = 1024 * 1024;

/** A caller that reads smaller pieces than this cannot get past a line that is too long. */
export const smallestChunkBytes = 2 * longestLineBytes;

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export interface Lines {
  /** Bytes up to the end of the last whole line. */
  consumed: number;
  /** Lines over the limit; `visit` did not see them. */
  tooLong: number;
}

/**
 * Visits each whole line with its place in `bytes`, without its end. A last line without an end is left for the next reading, even if it looks whole;
 * of an unfinished line over the limit just more than the limit is left, so that whoever goes on from there finds it too long as well.
 */
export function visitLines(
  bytes: Buffer,
  visit: (start: number, end: number) => void,
  options: { endAtCarriageReturn: boolean } = { endAtCarriageReturn: false },
): Lines {
  const findEnd = options.endAtCarriageReturn ? findLineOrReturn : findLineFeed;
  const lines = { consumed: 0, tooLong: 0 };
  for (let end = findEnd(bytes, 0); end !== -1; end = findEnd(bytes, lines.consumed)) {
    const start = lines.consumed;
    if (end - start > longestLineBytes) lines.tooLong += 1;
    else visit(start, end > start && bytes[end - 1] === carriageReturn ? end - 1 : end);
    lines.consumed = end + 1;
  }
  lines.consumed += Math.max(0, bytes.length - lines.consumed - (longestLineBytes + 1));
  return lines;
}

function findLineFeed(bytes: Buffer, from: number): number {
  return bytes.indexOf(lineFeed, from);
}

function findLineOrReturn(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === lineFeed || byte === carriageReturn) return at;
  }
  return -1;
}
