import { detachedExecutor } from '../remote/detached/executor.ts';
import type { StartAnswer, UnitPlace, UnitState } from '../remote/executor.ts';
import type { Drive } from './drive.ts';

const lookEveryMs = 500;

export interface ShortWork {
  script: string;
  timeLimitSeconds: number | null;
  needsEnvironment: boolean;
}

/** A command as a unit of its own: started, or adopted where it is there already, and followed until it has ended. */
export async function carryUnit(drive: Drive, place: UnitPlace, work: ShortWork): Promise<StartAnswer> {
  const started = await startUnit(drive, place, work);
  return started.kind === 'state' ? { kind: 'state', state: await waitForEnd(drive, place, started.state) } : started;
}

/** The same, and not waited for. */
export function startUnit(drive: Drive, place: UnitPlace, work: ShortWork): Promise<StartAnswer> {
  return drive.session.call(
    detachedExecutor.start(drive.actor, place, {
      ...work,
      workdir: drive.plan.playbook.workdir,
      log: null,
      needsClaim: drive.plan.kind === 'launch',
      sentinel: null,
      prove: null,
      stall: null,
      disk: null,
      sampling: null,
      graceSeconds: 0,
      then: [{ signal: 'TERM' }, { waitSeconds: 10 }],
    }),
  );
}

async function waitForEnd(drive: Drive, place: UnitPlace, first: UnitState): Promise<UnitState> {
  let state = first;
  while (state.word === 'running' || state.word === 'starting' || state.word === 'ending') {
    await drive.parts.clock.wait(lookEveryMs, drive.signal);
    drive.signal.throwIfAborted();
    state = await drive.session.call(detachedExecutor.watch(drive.actor, place));
  }
  return state;
}
