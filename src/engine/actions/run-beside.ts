import { exportLines } from '../../remote/author-command.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitPlace, UnitState } from '../../remote/executor.ts';
import { authorScript } from '../author-script.ts';
import { startUnit } from '../carry-unit.ts';
import type { Drive } from '../drive.ts';
import { pushEnvironment } from '../entries/deeds/run-command.ts';
import type { EndedDetail } from './remembered.ts';

const outputBytes = 16_384;

export interface BesideJob {
  unit: string;
  command: string;
  /** What it is run for. */
  cause: string;
}

/**
 * A command of the author beside the job, a unit of its own: begun again it is found, never repeated. True: it has ended, and its end is told. One that
 * takes too long is stopped by its guard, and the job is not touched.
 */
export async function followBeside(drive: Drive, work: BesideJob, timeoutSeconds: number): Promise<boolean> {
  const { attempt } = drive.record();
  const place: UnitPlace = { attempt, worker: drive.target.index, unit: work.unit };
  const watched = await drive.session.call(detachedExecutor.watch(drive.actor, place));
  const state = watched.word === 'absent' ? await start(drive, place, work, timeoutSeconds) : watched;
  if (state === null || state.word === 'running' || state.word === 'starting' || state.word === 'ending') return false;
  const { stdout, stderr } = await drive.session.call(detachedExecutor.output(drive.actor.run, place, outputBytes));
  const detail: EndedDetail = { ended: { attempt, unit: work.unit } };
  const said = [stdout, stderr].map((bytes) => bytes.toString().trim().split('\n').at(-1) ?? '').filter((line) => line !== '');
  drive.tell('action', [`run: ${work.command}: ${describeEnd(state)}`, ...said].join(': '), detail);
  return true;
}

/** Null: not begun yet; it is asked for again. */
async function start(drive: Drive, place: UnitPlace, work: BesideJob, timeoutSeconds: number): Promise<UnitState | null> {
  const because = exportLines([{ name: 'FLEET_CAUSE', value: work.cause }]);
  const started = await startUnit(drive, place, {
    script: authorScript(drive, work.command, because),
    timeLimitSeconds: timeoutSeconds,
    needsEnvironment: true,
  });
  if (started.kind === 'environment-missing') await pushEnvironment(drive, place.attempt);
  return started.kind === 'state' ? started.state : null;
}

function describeEnd({ word, exitCode, verdict }: UnitState): string {
  if (verdict !== null) return 'took too long, and was stopped';
  return word === 'exited' ? `exit ${exitCode ?? 'unknown'}` : 'ended without an exit status';
}
