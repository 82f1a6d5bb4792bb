import { formatDuration } from '../../language/units.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { TargetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';
import { jobPlace } from '../job/job.ts';
import type { Look } from '../job/job-monitor.ts';
import { readLogTail } from '../job/log-tail.ts';
import { gangOf } from './gang-of.ts';
import { nameWorker, nameWorkers } from './name-workers.ts';
import { watchReady } from './ready.ts';
import { findCulprit } from './find-culprit.ts';
import { readFailed, type FailedDetail } from './worker-failed.ts';
import type { Sight } from './worker-eyes.ts';

const linesTold = 5;

export interface GangWatch {
  look(look: Look): Promise<void>;
}

/**
 * Holds the workers of a run together: where the job of one fails, or does not become ready in time, it is named with its last lines, and the others are stopped.
 * One that does not answer is not dead: nothing is stopped for it.
 */
export function watchGang(drive: Drive): GangWatch {
  const { targets } = drive.plan;
  if (targets.length === 1) return { look: () => Promise.resolve() };
  const { clock } = drive.parts;
  const gang = gangOf(drive.plan);
  const ready = watchReady(drive);
  const begin = clock.monotonic();
  const asked = new Set<number>();
  const beside = workBeside();
  let failed = readFailed(drive);
  let isReady = false;

  function fail(first: TargetRecord, because: string, sights: readonly Sight[], notReady: boolean): void {
    const others = gang.onFailure === 'stop' && drive.plan.observe !== true ? '; the others are stopped' : '';
    const detail: FailedDetail = { workerFailed: { attempt: drive.record().attempt, worker: first.index, because, notReady } };
    drive.tell('worker-failed', `${because}${others}`, detail);
    failed = detail.workerFailed;
    for (const sight of sights) beside.begin(() => tellLastLines(sight));
  }

  async function tellLastLines({ worker, state }: Sight): Promise<void> {
    const lines = (await readLogTail(worker, state)).split('\n').filter((line) => line.trim() !== '');
    const said = lines.length === 0 ? 'nothing' : lines.slice(-linesTold).join(' | ');
    drive.tell('last-lines', `${nameWorker(targets, worker.target)} said last: ${said}`);
  }

  function stopOthers(because: string, { gang: found }: Look): void {
    for (const worker of drive.workers) {
      if (asked.has(worker.target.index) || found.ended.includes(worker.target)) continue;
      asked.add(worker.target.index);
      beside.begin(async () => {
        // Without the one that failed nobody comes to the step at which it would heed a sentinel.
        await worker.session.call(detachedExecutor.stopUnit(worker.actor, jobPlace(worker), because, 0));
      });
    }
  }

  return {
    async look(look) {
      beside.check();
      const { decides, failed: some } = look.gang;
      if (failed === null && some.length > 0) {
        const sight = await findCulprit(look.sights.filter(({ worker }) => some.includes(worker.target)));
        const first = sight?.worker.target ?? decides;
        const more = some.length === 1 ? '' : ` (failed by now: ${nameWorkers(targets, some)})`;
        fail(
          first,
          `${nameWorker(targets, first)} failed: ${sight?.finding.sentence ?? 'it has ended'}${more}`,
          look.sights,
          false,
        );
      }
      if (failed === null && !isReady) {
        const heard = look.sights.filter(({ worker }) => !look.silent.includes(worker));
        const open = await ready.look(heard);
        isReady = open.length === 0 && look.silent.length === 0;
        const late = targets.filter(({ index }) => open.includes(index));
        const [first] = late;
        if (first !== undefined && clock.monotonic() - begin > gang.withinSeconds * 1000) {
          const verb = late.length === 1 ? 'has' : 'have';
          const within = formatDuration(gang.withinSeconds);
          fail(first, `${nameWorkers(targets, late)} ${verb} not said to be ready within ${within}`, look.sights, true);
        }
      }
      if (failed !== null && gang.onFailure === 'stop' && drive.plan.observe !== true) stopOthers(failed.because, look);
    },
  };
}

/** What is done without waiting for it. A failure of it is thrown by the next `check`. */
function workBeside(): { begin(work: () => Promise<void>): void; check(): void } {
  const failures: unknown[] = [];
  return {
    begin(work) {
      work().catch((error: unknown) => failures.push(error));
    },
    check() {
      if (failures.length > 0) throw failures[0];
    },
  };
}
