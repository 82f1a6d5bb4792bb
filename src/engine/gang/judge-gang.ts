import type { TargetRecord } from '../../store/records.ts';
import type { Finding } from '../job/evidence.ts';
import { nameWorker, nameWorkers } from './name-workers.ts';

/** What the last look at a worker means; `silent` when it has not answered. */
export interface WorkerFinding {
  target: TargetRecord;
  finding: Finding;
}

/** What is known of all workers of a run. */
export interface GangFinding {
  /** Of the run: over or lost once that is so of every worker, and alive until then. */
  finding: Finding;
  /** Whose end is the run's: the first that failed, or the first of all. */
  decides: TargetRecord;
  /** Those whose job failed or is lost. */
  failed: TargetRecord[];
  /** Those that have ended. */
  ended: TargetRecord[];
}

/**
 * `firstFailed`: the one that was seen to fail first, by its position; the others may have failed for want of it. Asked for only where several have.
 */
export function judgeGang(all: readonly WorkerFinding[], firstFailed: () => number | null): GangFinding {
  const targets = all.map(({ target }) => target);
  const [first] = all;
  if (first === undefined) throw new TypeError('a run of no worker');
  const failures = all.filter(({ finding }) => hasFailed(finding));
  const recorded = failures.length < 2 ? null : firstFailed();
  const decider = failures.find(({ target }) => target.index === recorded) ?? failures[0] ?? first;
  const ended = all.filter(({ finding }) => finding.kind === 'over' || finding.kind === 'lost');
  const rest = {
    decides: decider.target,
    failed: failures.map(({ target }) => target),
    ended: ended.map(({ target }) => target),
  };
  if (all.length === 1) return { finding: first.finding, ...rest };
  if (ended.length === all.length) {
    const sentence = `${nameWorker(targets, decider.target)}: ${decider.finding.sentence}`;
    return { finding: { ...decider.finding, sentence }, ...rest };
  }
  return { finding: { kind: 'alive', sentence: describeStanding(targets, all) }, ...rest };
}

function hasFailed(finding: Finding): boolean {
  return finding.kind === 'lost' || (finding.kind === 'over' && finding.exitCode !== 0);
}

/** `6 of 8 workers live; worker 5: its exit status is on the host: 1; worker 7: the host does not answer` */
function describeStanding(targets: readonly TargetRecord[], all: readonly WorkerFinding[]): string {
  const living = all.filter(({ finding }) => finding.kind === 'alive');
  const others = all.filter(({ finding }) => finding.kind !== 'alive');
  const sentences = [...new Set(others.map(({ finding }) => finding.sentence))].map((sentence) => {
    const those = others.filter(({ finding }) => finding.sentence === sentence).map(({ target }) => target);
    return `${nameWorkers(targets, those)}: ${sentence}`;
  });
  return [`${living.length} of ${all.length} workers live`, ...sentences].join('; ');
}
