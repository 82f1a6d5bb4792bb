import { readPlan } from '../../../src/engine/read-plan.ts';
import { isResult, type Result } from '../../../src/lifecycle/states.ts';
import { readOwner } from '../../../src/store/owner.ts';
import type { Lease, RunRecord } from '../../../src/store/records.ts';
import type { Store } from '../../../src/store/store.ts';
import { batch } from '../../store/shapes.ts';

const minuteMs = 60_000;
/** From the first look at the host to the process of the job. */
const preflightMs = 3 * minuteMs;
const stepsPerCheckpoint = 10_000;

export interface JobEnd {
  at: number;
  how: 'done' | 'crash' | 'out of memory' | 'limit' | 'halt';
}

/** A job as the workers have it, whether anybody looks or not. */
export interface Job {
  run: string;
  point: string;
  startsAt: number;
  firstStep: number;
  of: number;
  stepsPerMs: number;
  /** The guard stops it then. */
  limitAt: number;
  end: JobEnd | null;
}

export interface Fault {
  at: number;
  how: 'crash' | 'out of memory';
}

export interface SliceWish {
  store: Store;
  /** How long the whole of a point takes there. */
  hoursOf: (point: string) => number;
  faults: readonly Fault[];
  isUnreachable: (at: number) => boolean;
}

/**
 * Eight workers that pretend to train, since a fortnight cannot be waited for, and the controller that drives a run there: what the workers do goes on
 * by itself, and the store hears of it only when the controller looks.
 */
export function makeSlice({ store, hoursOf, faults, isUnreachable }: SliceWish) {
  const jobs: Job[] = [];
  const saved = new Map<string, number>();
  const alive = () => jobs.filter(({ end }) => end === null);

  const stepAt = (job: Job, at: number) =>
    Math.min(job.of, job.firstStep + Math.floor(Math.max(0, at - job.startsAt) * job.stepsPerMs));
  const doneAt = (job: Job) => job.startsAt + (job.of - job.firstStep) / job.stepsPerMs;

  const finish = (job: Job, end: JobEnd) => {
    job.end = end;
    const step = stepAt(job, end.at);
    saved.set(job.point, end.how === 'halt' ? step : Math.floor(step / stepsPerCheckpoint) * stepsPerCheckpoint);
  };

  /** What has happened there by now. */
  const pass = (now: number) => {
    for (const job of alive()) {
      const fault = faults.find(({ at }) => at >= job.startsAt && at <= now);
      const ends: JobEnd[] = [
        { at: doneAt(job), how: 'done' },
        { at: job.limitAt, how: 'limit' },
        ...(fault === undefined ? [] : [fault]),
      ];
      const first = ends.reduce((one, other) => (other.at < one.at ? other : one));
      if (first.at <= now) finish(job, first);
    }
  };

  const start = (run: RunRecord, now: number) => {
    const plan = readPlan(run.plan);
    const workers = plan.targets.map(({ host, worker }) => `${host} ${worker}`);
    if (workers.join() !== Array.from({ length: 8 }, (_, worker) => `demo-tpu ${worker}`).join())
      throw new Error(`run ${run.id} is on ${workers.join(', ')}`);
    const others = alive();
    if (others.length > 0) throw new Error(`run ${run.id} begins beside ${others.map((job) => job.run).join(', ')}`);
    const { point, yieldsAt = Number.POSITIVE_INFINITY } = plan;
    const of = plan.playbook.monitor?.progress?.of ?? null;
    if (point === null || typeof of !== 'number') throw new Error(`run ${run.id} is of no experiment`);
    const stepsPerMs = of / (hoursOf(point) * 60 * minuteMs);
    const firstStep = (plan.goesOnFrom ?? []).length === 0 ? 0 : (saved.get(point) ?? 0);
    jobs.push({ run: run.id, point, startsAt: now + preflightMs, firstStep, of, stepsPerMs, limitAt: yieldsAt, end: null });
  };

  const checkpointOf = (step: number, foundAt: number) => {
    const path = `checkpoints/step_${step}.pt`;
    const unknown = { message: null, sha256: null, metric: null, backUp: null, backedUpAt: null };
    return { worker: 0, path, attempt: 1, step, size: 1e8, foundAt, state: 'complete', ...unknown } as const;
  };
  const event = (text: string, at: number) => ({ at, kind: 'state', text });
  const leaseOf = (run: RunRecord, at: number): Lease => {
    const answer = store.takeLease(run.id, readOwner(), { ttlMs: 1, takeOver: true, now: at, sinceBoot: at });
    if (!answer.taken) throw new Error('the lease is held');
    return answer.lease;
  };
  const settle = (run: RunRecord, at: number, result: Result, reason: string | null, message: string | null = null) => {
    const outcome = { result, reason, exitCode: null, degraded: false };
    if (isResult(run.state)) throw new Error(`run ${run.id} has ended`);
    store.transition(leaseOf(run, at), { from: [run.state], to: result, event: event(result, at), outcome, message });
  };

  /** The controller looks: what it begins has begun, and what it sees is stored. */
  const look = (run: RunRecord, now: number) => {
    const known = jobs.find((job) => job.run === run.id);
    if (known === undefined) {
      if (isUnreachable(now)) settle(run, now, 'cancelled', 'connect-timeout');
      else start(run, now);
      return;
    }
    if (run.state === 'queued') {
      const running = { from: ['queued'], to: 'running', event: event('running', now), startedAt: known.startsAt } as const;
      store.transition(leaseOf(run, now), running);
    }
    const seenAt = known.end?.at ?? now;
    const step = stepAt(known, seenAt);
    const progress = { step, of: known.of, ratePerSecond: known.stepsPerMs * 1000, etaSeconds: (doneAt(known) - seenAt) / 1000 };
    if (step > known.firstStep) store.recordBatch(leaseOf(run, now), batch({ observedAt: now, progress }));
    const kept = known.end === null ? 0 : (saved.get(known.point) ?? 0);
    if (kept > known.firstStep) store.recordCheckpoint(leaseOf(run, now), checkpointOf(kept, seenAt), null);
    const driven = store.readRun(run.id) ?? run;
    switch (known.end?.how) {
      case undefined:
        return;
      case 'done':
        return settle(driven, now, 'succeeded', null);
      case 'halt':
        return settle(driven, now, 'halted', null);
      case 'limit':
        return settle(driven, now, 'failed', 'time-limit');
      case 'crash':
        return settle(driven, now, 'failed', 'exit-status', 'it ended with exit 1');
      case 'out of memory':
        return settle(driven, now, 'failed', 'exit-status', 'gpu-memory: RESOURCE_EXHAUSTED');
    }
  };

  return {
    jobs,
    alive,
    pass,
    look,
    halt: (run: string, at: number) => {
      for (const job of alive()) if (job.run === run) finish(job, { at, how: 'halt' });
    },
    /** Seconds of work that are left of an experiment that has run. Null: it has not. */
    secondsLeft: (point: string): number | null => {
      const job = jobs.findLast((each) => each.point === point);
      return job === undefined ? null : (job.of - (saved.get(point) ?? 0)) / job.stepsPerMs / 1000;
    },
    /** When it will be gone, as far as anybody can know. */
    goneAt: (job: Job) => Math.min(doneAt(job), job.limitAt),
  };
}

export type Slice = ReturnType<typeof makeSlice>;
