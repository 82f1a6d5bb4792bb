import type { UnitState } from '../../remote/executor.ts';
import { recallKernelLog } from '../../monitor/failures/kernel-log.ts';
import { readAsked } from '../attempts/asked.ts';
import { classifyEnd, type FailureClass } from '../attempts/classify.ts';
import { readTry } from '../attempts/record-try.ts';
import type { Drive } from '../drive.ts';
import { readFailed } from '../gang/worker-failed.ts';
import { saidDone } from './completion.ts';
import { launchOf } from './job.ts';
import { readLogTail } from './log-tail.ts';
import type { Ending } from './outcome.ts';
import { hasSentinel } from './sentinel.ts';

/** What is known of an attempt that is over, before anybody looks at what it promised. */
export async function gatherEnding(drive: Drive, state: UnitState, exitCode: number): Promise<Ending> {
  const { store } = drive.parts;
  const { monitor } = drive.plan.playbook;
  const isLinger = readAsked(drive)?.action === 'linger';
  return {
    exitCode,
    verdict: state.verdict,
    error: state.error,
    failure: exitCode === 0 && state.verdict === null ? null : await classify(drive, state, exitCode),
    saidDone: saidDone(drive),
    lingered: isLinger ? { counted: launchOf(drive).linger?.countsAs ?? 'failed' } : null,
    degraded: readTry(drive)?.degraded ?? false,
    tracksProgress: monitor?.progress != null,
    lastStep: store.readProgress(drive.actor.run)?.step ?? null,
    targetStep: monitor?.progress?.of ?? null,
    sentinel: await hasSentinel(drive, state),
    environmentProved: null,
    artifactsMissing: false,
    violated: [],
    notReady: drive.workers.length > 1 && readFailed(drive)?.notReady === true,
  };
}

async function classify(drive: Drive, state: UnitState, exitCode: number): Promise<FailureClass | null> {
  const logTail = await readLogTail(drive, state);
  const kernel = recallKernelLog(drive.parts.store.readFlags(drive.actor.run), readTry(drive)?.begunAt ?? 0);
  return classifyEnd({ exitCode, verdict: state.verdict, logTail, pid: state.pid, kernel });
}
