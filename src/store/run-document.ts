import { rfc3339, rfc3339OrNull, type Moment } from '../clock.ts';
import type { Outcome, Reachability } from '../lifecycle/states.ts';
import { describeCheckpoint, describeDuty, describeTry } from './attempt-documents.ts';
import type { AttemptDocument, CheckpointDocument, DutyDocument } from './attempt-documents.ts';
import type { CheckRecord, WorkerLook } from './check-records.ts';
import type { CriterionRecord, FlagRecord, ProgressRecord, RunRecord, WorkerRecord } from './records.ts';
import type { Store } from './store.ts';

/** A run as `--json` shows it: times RFC 3339 in UTC, durations seconds, null for what is not known. */
export interface RunDocument {
  id: string;
  kind: RunRecord['kind'];
  playbook: string;
  point: string | null;
  /** Null when the run is on several. */
  host: string | null;
  executor: string;
  profile: string | null;
  attempt: number;
  state: RunRecord['state'];
  health: RunRecord['health'];
  /** `nextTryAt`: when a controller that has missed its host asks again. */
  reachability: { status: Reachability; since: string | null; nextTryAt: string | null };
  /** What the last look at the job means, as a sentence. */
  evidence: string | null;
  observedAt: string | null;
  controller: { user: string; host: string; pid: number; since: string } | null;
  /** Whether somebody drives it now. */
  driven: boolean;
  verdict: RunRecord['verdict'];
  outcome: Outcome | null;
  message: string | null;
  workers: WorkerDocument[];
  progress: ProgressRecord | null;
  /** Those that were begun; the result is null only while one is at work. */
  checks: CheckDocument[];
  criteria: CriterionRecord[];
  flags: FlagDocument[];
  /** Empty before the first start. */
  attempts: AttemptDocument[];
  checkpoints: CheckpointDocument[];
  /** What is to be seen to in time, by fleet or a person. */
  duties: DutyDocument[];
  cost: { perHour: number; currency: string; spent: number } | null;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
}

type WorkerDocument = Pick<WorkerRecord, 'role' | 'host' | 'index' | 'address' | 'pid' | 'state' | 'exitCode'>;

type CheckDocument = Pick<CheckRecord, 'phase' | 'name' | 'kind' | 'result' | 'expected' | 'observed' | 'seconds' | 'message'> & {
  /** Who let a failure pass, and why. */
  waiver: { reason: string; by: string; at: string } | null;
  /** What each worker showed, where the run has several. */
  workers: WorkerLook[] | null;
};

type FlagDocument = Pick<FlagRecord, 'color' | 'text' | 'hint' | 'expected' | 'count' | 'failure'> & {
  firstAt: string;
  lastAt: string;
};

/** `moment` decides whose lease is live and what an active run has cost. */
export function readRunDocument(store: Store, run: RunRecord, moment: Moment): RunDocument {
  return store.snapshot(() => {
    const workers = store.readWorkers(run.id);
    const controller = readController(store, run.id, moment);
    return {
      id: run.id,
      kind: run.kind,
      playbook: run.playbook,
      point: run.point,
      host: findSingleHost(workers),
      executor: run.executor,
      profile: run.profile,
      attempt: run.attempt,
      state: run.state,
      health: run.health,
      reachability: {
        status: run.reachability,
        since: rfc3339OrNull(run.reachabilitySince),
        nextTryAt: rfc3339OrNull(run.nextTryAt),
      },
      evidence: run.evidence,
      observedAt: rfc3339OrNull(run.observedAt),
      controller,
      driven: controller !== null,
      verdict: run.verdict,
      outcome: run.outcome,
      message: run.message,
      workers: workers.map(describeWorker),
      progress: store.readProgress(run.id),
      checks: store.readChecks(run.id).flatMap(describeBegunCheck),
      criteria: store.readCriteria(run.id),
      flags: store.readFlags(run.id).map(describeFlag),
      attempts: store.readTries(run.id).map(describeTry),
      checkpoints: store.readCheckpoints(run.id).map(describeCheckpoint),
      duties: store.readDuties(run.id).map(describeDuty),
      cost: describeCost(run, moment.now),
      createdAt: rfc3339(run.createdAt),
      startedAt: rfc3339OrNull(run.startedAt),
      endedAt: rfc3339OrNull(run.endedAt),
    };
  });
}

function readController(store: Store, run: string, moment: Moment): RunDocument['controller'] {
  const holder = store.holder(run, moment);
  if (holder === null) return null;
  const { user, host, pid } = holder.owner;
  return { user, host, pid, since: rfc3339(holder.since) };
}

function findSingleHost(workers: WorkerRecord[]): string | null {
  const hosts = new Set(workers.map((worker) => worker.host));
  return hosts.size === 1 ? (workers[0]?.host ?? null) : null;
}

/** `index` is the worker's on its host. */
function describeWorker({ role, host, worker, address, pid, state, exitCode }: WorkerRecord): WorkerDocument {
  return { role, host, index: worker, address, pid, state, exitCode };
}

function describeBegunCheck(check: CheckRecord): CheckDocument[] {
  const { phase, name, kind, status, result, expected, observed, seconds, message } = check;
  const { workers = null } = check;
  const waiver = check.waiver === null ? null : { ...check.waiver, at: rfc3339(check.waiver.at) };
  return status === 'pending' ? [] : [{ phase, name, kind, result, expected, observed, seconds, message, waiver, workers }];
}

function describeFlag({ color, text, hint, expected, count, firstAt, lastAt, failure = null }: FlagRecord): FlagDocument {
  return { color, text, hint, expected, count, firstAt: rfc3339(firstAt), lastAt: rfc3339(lastAt), failure };
}

function describeCost(run: RunRecord, now: number): RunDocument['cost'] {
  if (run.perHour === null || run.currency === null) return null;
  const ms = run.startedAt === null ? 0 : Math.max(0, (run.endedAt ?? now) - run.startedAt);
  const spent = Math.round((ms / 3_600_000) * run.perHour * 10_000) / 10_000;
  return { perHour: run.perHour, currency: run.currency, spent };
}
