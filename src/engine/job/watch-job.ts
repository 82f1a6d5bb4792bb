import type { MonitorAction } from '../../playbook/playbook.ts';
import { adoptAttempt, isSuperseded } from './adopt-attempt.ts';
import { createJobMonitor, type Look } from './job-monitor.ts';
import { tellElsewhere } from '../tell-elsewhere.ts';
import type { Drive } from '../drive.ts';
import { watchCheckpoints } from './checkpoints.ts';
import { watchEnvironment } from './prove-environment.ts';
import { collectStackDumps } from './stack-dumps.ts';
import { endRun } from '../end-run.ts';
import { beginHalt } from '../halt/wish-halt.ts';

const lookEveryMs = 1_000;
const betweenGoneLooksMs = 3_000;

/**
 * `running`: looks at the job and its files until the host's evidence leads out. Silence of the network changes nothing here: a look waits
 * until the host answers.
 */
export async function watchJob(drive: Drive): Promise<void> {
  const monitor = createJobMonitor(drive);
  const environment = watchEnvironment(drive);
  const checkpoints = watchCheckpoints(drive);
  const done = new Set<string>();
  for (;;) {
    drive.signal.throwIfAborted();
    const look = await monitor.look({ final: false, extraReasons: environment.reasons() });
    const { finding } = look;
    if (finding.kind === 'elsewhere') {
      tellElsewhere(drive, finding.sentence);
      await pause(drive, betweenGoneLooksMs);
      continue;
    }
    if (isSuperseded(drive, look.state)) {
      await readRest(drive, monitor, environment.reasons());
      adoptAttempt(drive, look.state);
      return;
    }
    environment.take(look.state.proof, { progressed: (look.judgement.progress.step ?? 0) > 0, over: finding.kind === 'over' });
    await checkpoints.look();
    if (finding.kind === 'over') {
      await readRest(drive, monitor, environment.reasons());
      drive.transition({
        from: ['running', 'lingering'],
        to: 'verifying',
        event: drive.event('state', `the job ended with status ${finding.exitCode}`),
      });
      return;
    }
    if (finding.kind === 'lost') {
      await readRest(drive, monitor, environment.reasons());
      await endLost(drive, finding.reason, finding.sentence);
      return;
    }
    if (!look.more && (await actOn(drive, look, done))) return;
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
    look = await monitor.look({ final: false, extraReasons: reasons });
  } while (look.more);
  await monitor.look({ final: true, extraReasons: reasons });
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

/** What the playbook wants done about a stall or a violated criterion, once each. True: the run is being halted now. */
async function actOn(drive: Drive, look: Look, done: Set<string>): Promise<boolean> {
  const rules = drive.plan.playbook.monitor;
  if (rules === null) return false;
  const wanted: { why: string; then: MonitorAction[] }[] = rules.criteria
    .filter(({ name }) => look.judgement.criteria.some((state) => state.name === name && state.verdict === 'violated'))
    .map(({ name, then }) => ({ why: `criterion "${name}" is violated`, then }));
  if (look.stalled && rules.stall !== null) wanted.push({ why: 'stall', then: rules.stall.then });
  if (!look.stalled) done.delete('stall');
  for (const { why, then } of wanted) {
    if (done.has(why)) continue;
    done.add(why);
    const text = why === 'stall' ? look.stallText : why;
    if (why === 'stall') drive.must(drive.parts.store.recordHealth(drive.lease, 'red', drive.event('stall', text)));
    // The dump comes first, whatever order the author wrote: later there may be nobody left to ask.
    if (then.includes('stack-dump')) {
      for (const line of await collectStackDumps(drive)) drive.tell('stack-dump', `stack dump: ${line}`);
    }
    if (then.includes('notify')) drive.tell('notify', text);
    if (then.includes('halt')) {
      beginHalt(drive, ['running', 'lingering'], text, 'failed');
      return true;
    }
  }
  return false;
}

async function pause(drive: Drive, ms: number): Promise<void> {
  await drive.parts.clock.wait(ms, drive.signal);
  drive.signal.throwIfAborted();
}
