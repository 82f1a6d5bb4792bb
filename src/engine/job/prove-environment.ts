import type { Reason } from '../../monitor/health.ts';
import type { Proof } from '../../remote/executor.ts';
import { settle } from '../entries/check-rows.ts';
import type { Drive } from '../drive.ts';
import { nameWorkers, ofWorker } from '../gang/name-workers.ts';
import { criticalVariables, launchOf } from './job.ts';

export interface EnvironmentProof {
  /** What the guard on the host has found so far, and how far the job is. */
  take(workers: readonly WorkerProofs[], job: { progressed: boolean; over: boolean }): void;
  reasons(): Reason[];
  /** Null when the playbook does not ask, or nothing is settled yet. */
  proved(): boolean | null;
}

interface WorkerProofs {
  worker: Drive;
  proofs: readonly Proof[];
}

const name = 'the started process carries the critical environment';

/** A job that makes steps, without a process of the name that the playbook gives: the name is wrong. The guard looks every second at first, later every half minute. */
const unseenMs = 120_000;

/**
 * The critical variables as the started process itself has them (D-5), looked at by the guard beside it. A process that differs settles it at
 * once. Otherwise the first progress does, since ranks come later than their launcher; a process that was never seen is not proved.
 */
export function watchEnvironment(drive: Drive): EnvironmentProof {
  const { proveEnv } = launchOf(drive);
  const critical = criticalVariables(drive);
  if (proveEnv === null || critical.length === 0) return { take: () => undefined, reasons: () => [], proved: () => null };
  const { store } = drive.parts;
  const launched = () => store.readChecks(drive.actor.run).filter(({ phase }) => phase === 'launch');
  const position = launched().filter((check) => check.name !== name).length;
  drive.must(store.planChecks(drive.lease, [{ phase: 'launch', position, kind: 'check', name }]));
  const recorded = () => launched()[position];
  let progressedAt: number | null = null;

  return {
    take(workers, { progressed, over }) {
      if (recorded()?.status === 'settled') return;
      const now = drive.parts.clock.monotonic();
      if (progressed) progressedAt ??= now;
      const proofs = workers.flatMap((worker) => worker.proofs);
      const wrong = workers.flatMap((one) =>
        one.proofs.flatMap(describeWrong).map((text) => ofWorker(drive.plan.targets, one.worker.target, text)),
      );
      const bare = drive.workers.filter((one) => !workers.some(({ worker, proofs: some }) => worker === one && some.length > 0));
      const complete = progressed && bare.length === 0;
      const unseen = progressedAt !== null && now - progressedAt > unseenMs;
      if (wrong.length === 0 && !complete && !unseen && !over) return;
      drive.must(store.claimCheck(drive.lease, 'launch', position));
      const seen = bare.length === 0 ? `${proofs.length} processes carry them` : nameBare(drive, bare);
      settle(drive, 'launch', position, {
        name,
        result: wrong.length > 0 || bare.length > 0 ? 'fail' : 'pass',
        expected: `${critical.join(', ')} as pushed, in every process with "${proveEnv.process}"`,
        observed: wrong.length > 0 ? wrong.join('; ') : seen,
        message: wrong.length > 0 ? 'the job does not run with what was planned: its figures mean nothing' : null,
        seconds: null,
      });
    },
    reasons() {
      const check = recorded();
      return check?.result === 'fail' ? [{ color: 'red', text: `${name}: ${check.observed ?? ''}` }] : [];
    },
    proved() {
      const check = recorded();
      return check?.status === 'settled' ? check.result === 'pass' : null;
    },
  };
}

function nameBare({ plan: { targets } }: Drive, bare: readonly Drive[]): string {
  const where =
    targets.length === 1
      ? ''
      : ` on ${nameWorkers(
          targets,
          bare.map(({ target }) => target),
        )}`;
  return `no such process was seen${where}`;
}

function describeWrong({ pid, variables }: Proof): string[] {
  const wrong = variables
    .filter(({ found }) => found !== 'ok')
    .map((variable) => `${variable.name} ${variable.found === 'missing' ? 'is missing' : 'differs'}`);
  return wrong.length === 0 ? [] : [`pid ${pid}: ${wrong.join(', ')}`];
}
