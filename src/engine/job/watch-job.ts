import { noteTrainerFallback } from '../attempts/trainer-fallback.ts';
import { watchCauses } from '../actions/act-on.ts';
import { followUp } from '../attempts/follow-up.ts';
import { carryOnStopping } from '../attempts/stop-attempt.ts';
import { adoptAttempt, isSuperseded } from './adopt-attempt.ts';
import { createJobMonitor, type Look } from './job-monitor.ts';
import { tellElsewhere } from '../tell-elsewhere.ts';
import type { Drive } from '../drive.ts';
import { watchGang } from '../gang/watch-gang.ts';
import { findDecider } from '../gang/worker-failed.ts';
import { watchCheckpoints, type CheckpointWatch } from '../checkpoints/watch-checkpoints.ts';
import { watchDuties } from '../duties/watch-duties.ts';
import { watchEnvironment } from './prove-environment.ts';
import { watchLinger } from './linger.ts';
import { endRun } from '../end-run.ts';

const lookEveryMs = 1_000;
const betweenGoneLooksMs = 3_000;

/**
 * `running`: looks at the job and its files until the host's evidence leads out. Silence of the network changes nothing here: a look waits
 * until the host answers.
 */
export async function watchJob(drive: Drive): Promise<void> {
  const checkpoints = watchCheckpoints(drive);
  try {
    await watchUntilOver(drive, checkpoints);
  } finally {
    checkpoints.leave();
  }
}

async function watchUntilOver(drive: Drive, checkpoints: CheckpointWatch): Promise<void> {
  const monitor = createJobMonitor(drive);
  const environment = watchEnvironment(drive);
  const duties = watchDuties(drive);
  const reasons = () => [...environment.reasons(), ...duties.reasons(), ...checkpoints.reasons()];
  const linger = watchLinger(drive);
  const actions = watchCauses(drive);
  const gang = watchGang(drive);
  await carryOnStopping(drive);
  for (;;) {
    drive.signal.throwIfAborted();
    const look = await monitor.look({ final: false, extraReasons: reasons() });
    const { finding } = look;
    if (finding.kind === 'elsewhere') {
      tellElsewhere(drive, finding.sentence);
      await pause(drive, betweenGoneLooksMs);
      continue;
    }
    if (isSuperseded(drive, look.state)) {
      await readRest(drive, monitor, reasons());
      await adoptAttempt(drive, look.state);
      return;
    }
    environment.take(
      look.sights.map(({ worker, state }) => ({ worker, proofs: state.proof })),
      { progressed: (look.judgement.progress.step ?? 0) > 0, over: finding.kind === 'over' },
    );
    await gang.look(look);
    noteTrainerFallback(drive, look.judgement.flags);
    // What is asked of the first worker alone waits for it, and nobody else does.
    const isFirstHeard = !look.silent.includes(drive);
    if (isFirstHeard) await checkpoints.look(look.judgement.progress.step);
    duties.look({ ended: false });
    if (finding.kind === 'over') {
      await readRest(drive, monitor, reasons());
      await actions.finish();
      await checkpoints.settle();
      const decider = findDecider(drive);
      const state = look.sights.find(({ worker }) => worker === decider)?.state ?? look.state;
      const exitCode = state.exitCode ?? finding.exitCode;
      if (await followUp(decider, state, exitCode)) return;
      await checkpoints.finish();
      await monitor.look({ final: true, extraReasons: reasons() });
      drive.transition({
        from: ['running', 'lingering'],
        to: 'verifying',
        event: drive.event('state', `the job ended with status ${exitCode}`),
      });
      return;
    }
    if (finding.kind === 'lost') {
      await readRest(drive, monitor, reasons());
      await endLost(drive, finding.reason, finding.sentence);
      return;
    }
    if (!look.more && isFirstHeard) await linger.look(look);
    if (!look.more && isFirstHeard && (await actions.answer(look))) return;
    if (!look.more) await pause(drive, finding.kind === 'alive' ? lookEveryMs : betweenGoneLooksMs);
  }
}

/** The job is over: what it wrote last is read, and every criterion gets its last verdict. */
async function readRest(
  drive: Drive,
  monitor: ReturnType<typeof createJobMonitor>,
  reasons: Parameters<typeof monitor.look>[0]['extraReasons'],
): Promise<void> {
  let look: Look;
  do {
    drive.signal.throwIfAborted();
    look = await monitor.look({ final: false, extraReasons: reasons, whole: true });
  } while (look.more);
  const last = await monitor.look({ final: true, extraReasons: reasons });
  noteTrainerFallback(drive, last.judgement.flags);
}

function endLost(drive: Drive, reason: string, sentence: string): Promise<void> {
  return endRun(drive, {
    from: ['running', 'lingering'],
    to: 'lost',
    event: drive.event('state', `lost: ${sentence}`),
    outcome: { result: 'lost', reason, exitCode: null, degraded: false },
    message: sentence,
  });
}

async function pause(drive: Drive, ms: number): Promise<void> {
  await drive.parts.clock.wait(ms, drive.signal);
  drive.signal.throwIfAborted();
}
