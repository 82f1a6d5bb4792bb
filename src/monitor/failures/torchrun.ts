/** What torchrun says of the rank that failed first. */
export interface RootCause {
  rank: number | null;
  exitCode: number | null;
  pid: number | null;
  /** The line of the summary from which on nothing is a cause any more. */
  line: number;
  traceback: string | null;
}

/**
 * The block that torchrun prints at the end:
 *
 *     Root Cause (first observed failure):
 *     [0]:
 *       rank      : 1 (local_rank: 1)
 *       exitcode  : -9 (pid: 4243)
 *       error_file: <N/A>
 *       traceback : Signal 9 (SIGKILL) received by PID 4243
 */
export function findRootCause(lines: readonly string[]): RootCause | null {
  const start = lines.findLastIndex((line) => line.includes('Root Cause (first observed failure)'));
  if (start === -1) return null;
  const block = lines.slice(start, start + 12);
  const find = (name: string, value: string) => {
    const form = new RegExp(String.raw`^[^:]*\b${name}\s*: ${value}`);
    return block.map((line) => form.exec(line)).find((match) => match !== null);
  };
  const exit = find('exitcode', String.raw`(-?\d+) \(pid: (\d+)\)`);
  const above = lines.findIndex((line) => line.includes('ChildFailedError'));
  return {
    rank: readNumber(find('rank', String.raw`(\d+)`)?.[1]),
    exitCode: readNumber(exit?.[1]),
    pid: readNumber(exit?.[2]),
    line: above === -1 ? start : Math.min(above, start),
    traceback: find('traceback', '(.+)')?.[1] ?? null,
  };
}

/** `[rank3]: ...` in front of a line, or `[Rank 3]` within. */
export function rankOf(line: string): number | null {
  return readNumber(/\[rank ?(\d+)\]/i.exec(line)?.[1]);
}

function readNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
