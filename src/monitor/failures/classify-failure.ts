import type { FailureClass } from '../../lifecycle/failure-classes.ts';
import { plainText } from '../log.ts';
import { adviseOn, compareCauses, type Failure } from './failure.ts';
import { readKernelLog } from './kernel-log.ts';
import { findFailurePattern } from './patterns.ts';
import { readPytest } from './pytest.ts';
import { findRootCause, rankOf, type RootCause } from './torchrun.ts';

export interface FailureEvidence {
  /** As a shell gives it, 137 for signal 9, or negative for a signal. */
  exitCode: number | null;
  /** The last lines of the job's output, in the state they were written. */
  logTail: string;
  /** Null: it could not be read. */
  kernelLog: string | null;
  /** Of the job's processes, as far as they are known. */
  pids: number[];
}

interface Cause {
  class: FailureClass;
  text: string;
  rank: number | null;
}

const longestText = 300;
const signals: Readonly<Record<number, { name: string; class: FailureClass }>> = {
  6: { name: 'SIGABRT', class: 'aborted' },
  9: { name: 'SIGKILL', class: 'killed' },
  11: { name: 'SIGSEGV', class: 'segfault' },
  15: { name: 'SIGTERM', class: 'terminated' },
};

/** What made a job fail: of all that is told, what brought about the rest. */
export function classifyFailure({ exitCode, logTail, kernelLog, pids }: FailureEvidence): Failure {
  const lines = plainText(logTail).split(/[\r\n]+/);
  const root = findRootCause(lines);
  const ended = root?.exitCode ?? exitCode;
  const signal = signals[signalOf(ended) ?? 0];
  const known = new Set([...pids, ...pidsIn(lines)]);
  const causes = [
    ...(kernelLog === null ? [] : readKernelLog(kernelLog, known).map((finding) => ({ ...finding, rank: null }))),
    ...findCauses(lines, root),
    ...readPytest(lines, exitCode),
    ...(signal === undefined ? [] : [{ class: signal.class, text: describeSignal(signal.name, root), rank: root?.rank ?? null }]),
  ];
  const [cause = unknownCause(lines, root, ended)] = causes.toSorted(
    (a, b) => compareCauses(a.class, b.class) || preferRank(root, b) - preferRank(root, a),
  );
  return {
    class: cause.class,
    text: cause.text.trim().slice(0, longestText),
    rank: cause.rank ?? root?.rank ?? null,
    exitCode: ended,
    signal: signal?.name ?? null,
    ...adviseOn(cause.class),
  };
}

/** Lines, and where a line says nothing, it together with the next: some printers wrap at a column. What was handled before is no cause. */
function findCauses(lines: readonly string[], root: RootCause | null): Cause[] {
  const handled = lines.findLastIndex((line) => /\bCPU fallback ready\b/.test(line));
  const candidates = lines.slice(handled + 1);
  const causes = candidates.flatMap((line, index) => findCause(line, index + handled + 1, root));
  if (causes.length > 0) return causes;
  return candidates.slice(1).flatMap((line, index) => {
    const before = candidates[index] ?? '';
    return findCause(`${before.trimEnd()} ${line.trimStart()}`, index + handled + 2, root);
  });
}

function findCause(line: string, index: number, root: RootCause | null): Cause[] {
  const found = findFailurePattern(line)?.class ?? null;
  if (found === null) return [];
  // torchrun lists every rank that it ended: only the first one counts.
  if (found === 'killed' && root !== null && index >= root.line) return [];
  return [{ class: found, text: line, rank: rankOf(line) }];
}

function preferRank(root: RootCause | null, { rank }: Cause): number {
  return Number(root !== null && root.rank !== null && rank === root.rank);
}

/** The last exception, of the rank that failed first when torchrun names it. */
function unknownCause(lines: readonly string[], root: RootCause | null, exitCode: number | null): Cause {
  const above = root === null ? lines : lines.slice(0, root.line);
  const exceptions = above.filter((line) =>
    /^\s*(?:\[rank\d+\]:\s*)?(?:\w+\.)*[A-Z]\w*(?:Error|Exception|Exit|Interrupt)(?:: |\s*$)/.test(line),
  );
  const text = exceptions.findLast((line) => rankOf(line) === (root?.rank ?? null)) ?? exceptions.at(-1) ?? root?.traceback;
  const rank = root?.rank ?? null;
  return { class: 'unknown', text: text ?? (exitCode === null ? 'no exit status' : `exit status ${exitCode}`), rank };
}

function describeSignal(name: string, root: RootCause | null): string {
  if (root === null) return `ended by ${name}`;
  return `rank ${root.rank ?? 'unknown'} ended by ${name}${root.pid === null ? '' : ` (pid ${root.pid})`}`;
}

function signalOf(exitCode: number | null): number | null {
  if (exitCode === null) return null;
  if (exitCode < 0) return -exitCode;
  return exitCode > 128 ? exitCode - 128 : null;
}

function pidsIn(lines: readonly string[]): number[] {
  return lines.flatMap((line) =>
    Array.from(line.matchAll(/\(pid: (\d+)\)|received by PID (\d+)/g), (match) => Number(match[1] ?? match[2])),
  );
}
