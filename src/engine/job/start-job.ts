import type { Launch } from '../../playbook/playbook.ts';
import { withSetup } from '../../remote/author-command.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { StartAnswer, UnitPlace, UnitState, UnitWork } from '../../remote/executor.ts';
import { readFrom } from '../../remote/files.ts';
import { keepRecord } from '../../remote/records.ts';
import type { OffsetRecord } from '../../store/records.ts';
import { samplingScript } from '../../facts/accelerator-sections.ts';
import { criticalVariables, filesOfJob, jobPlace, launchOf, type JobFile } from './job.ts';
import { unreadFile } from './read-files.ts';
import { findBefore } from './read-source.ts';
import { passOverWholeFile } from './read-whole.ts';
import { adoptAttempt, isSuperseded } from './adopt-attempt.ts';
import { pushEnvironment, setupOf } from '../entries/deeds/run-command.ts';
import type { Drive } from '../drive.ts';
import { budgetLeft } from '../entries/time-left.ts';
import { holdMachine } from '../hold-machine.ts';
import { describeKeptRun } from '../kept-record.ts';
import { lookAgain } from './look-again.ts';

/** How long a claimed start may show no process before a person is asked. */
const startingSeconds = 60;

/**
 * `launching`: the intent is durable. The host is asked what is there, which shuts out every older controller; only where nothing is, the
 * environment is pushed, the evidence is read once more (D-4) and the job is started. A start is claimed on the host: one whose answer was
 * lost is found, not repeated.
 */
export async function startJob(drive: Drive): Promise<void> {
  const launch = launchOf(drive);
  const place = jobPlace(drive);
  let state = await drive.session.call(detachedExecutor.watch(drive.actor, place));
  if (isSuperseded(drive, state)) {
    adoptAttempt(drive, state);
    return;
  }
  if (state.word === 'absent') {
    await pushEnvironment(drive, place.attempt);
    if (!(await lookAgain(drive))) return;
    await recordBaseline(drive);
    await drive.session.call(keepRecord(drive.actor, describeKeptRun(drive, null)));
    await holdMachine(drive);
    const answer = await start(drive, launch, place);
    if (answer.kind === 'no-session-tool') {
      block(drive, 'the host has no setsid, busybox, python3 or perl to keep a job running');
      return;
    }
    // Asked again from the top: the environment is pushed, and the machine is claimed or known to be another's.
    if (answer.kind === 'environment-missing' || answer.kind === 'claim-lost') return;
    state = answer.state;
  }
  settleStart(drive, await waitForProcess(drive, place, state));
}

function start(drive: Drive, launch: Launch, place: UnitPlace): Promise<StartAnswer> {
  const work: UnitWork = {
    script: withSetup(setupOf(drive), launch.command),
    workdir: drive.plan.playbook.workdir,
    log: launch.log,
    timeLimitSeconds: limitJob(drive, launch),
    needsEnvironment: true,
    needsClaim: true,
    sentinel: launch.halt.sentinel,
    prove: launch.proveEnv === null ? null : { process: launch.proveEnv.process, variables: criticalVariables(drive) },
    stall: launch.guard?.stall ?? null,
    disk: launch.guard?.disk ?? null,
    sampling: planSampling(drive),
    graceSeconds: launch.halt.graceSeconds,
    then: launch.halt.then,
  };
  return drive.session.call(detachedExecutor.start(drive.actor, place, work));
}

/** Of the job itself, or what the budget has left for it: the guard on the host keeps it. A budget that is used up leaves a second. */
function limitJob(drive: Drive, { timeLimitSeconds }: Launch): number | null {
  const left = budgetLeft(drive.plan.playbook, drive.parts.store.readChecks(drive.actor.run));
  if (left === null) return timeLimitSeconds;
  return Math.max(1, Math.ceil(Math.min(left, timeLimitSeconds ?? Infinity)));
}

/** The accelerators are asked beside the job, so that they are sampled with or without a controller. */
function planSampling(drive: Drive): UnitWork['sampling'] {
  const { monitor } = drive.plan.playbook;
  const source = monitor?.metrics.find((metric) => metric.kind === 'accelerators');
  if (source === undefined) return null;
  const beside = filesOfJob(drive).find(
    ({ name, kind, choice }) => name === monitor?.progress?.source && kind === 'lines' && choice === 'one',
  );
  return { script: samplingScript(setupOf(drive)), everySeconds: source.everySeconds, beside: beside?.path ?? null };
}

/** Where each file ends before the start: rows of an older run are not this run's. */
async function recordBaseline(drive: Drive): Promise<void> {
  const offsets = await Promise.all(filesOfJob(drive).map((file) => findEnds(drive, file)));
  drive.must(drive.parts.store.recordOffsets(drive.lease, offsets.flat()));
}

async function findEnds(drive: Drive, file: JobFile): Promise<OffsetRecord[]> {
  if (file.kind === 'json' || file.kind === 'sqlite') {
    return [await passOverWholeFile(drive, file, unreadFile(file, jobPlace(drive).attempt))];
  }
  const before = await findBefore(drive, file);
  return Promise.all(
    before.map(async (unread) => {
      const wanted = { path: unread.path, offset: 0, maxBytes: 0, headBytes: 0 };
      const part = await drive.session.call(readFrom(drive.plan.playbook.workdir, wanted));
      if (part.kind !== 'file' || part.size === 0) return unread;
      return { ...unread, inode: part.inode, head: part.head, headBytes: part.headBytes, offset: part.size };
    }),
  );
}

async function waitForProcess(drive: Drive, place: UnitPlace, first: UnitState): Promise<UnitState> {
  const until = drive.parts.clock.monotonic() + startingSeconds * 1000;
  let state = first;
  while (state.word === 'starting' && drive.parts.clock.monotonic() < until) {
    await drive.parts.clock.wait(200, drive.signal);
    drive.signal.throwIfAborted();
    state = await drive.session.call(detachedExecutor.watch(drive.actor, place));
  }
  return state;
}

function settleStart(drive: Drive, state: UnitState): void {
  switch (state.word) {
    case 'running':
    case 'ending':
    case 'exited':
    case 'gone': {
      recordJob(drive, state);
      const text = `running on ${drive.host.name}, pid ${state.pid ?? 'unknown'}`;
      const startedAt = drive.parts.clock.now();
      drive.transition({ from: ['launching'], to: 'running', event: drive.event('state', text, { pid: state.pid }), startedAt });
      return;
    }
    case 'claimed':
      block(
        drive,
        'the start was claimed on the host, and the host went down before the job had a process: whether it ran is for a person to say',
      );
      return;
    case 'starting':
      block(drive, `the start was claimed on the host, and no process has come in ${startingSeconds} s`);
      return;
    case 'absent':
      block(drive, 'the host says that nothing was started, after it had accepted the start');
  }
}

/** What is known of the job's process now. */
function recordJob(drive: Drive, state: UnitState): void {
  const [target] = drive.plan.targets;
  if (target === undefined) return;
  const incarnation = state.startedOn ?? state.incarnation;
  const { attempt } = drive.record();
  const worker = { ...target, attempt, pid: state.pid, state: state.word, exitCode: state.exitCode, incarnation };
  drive.must(drive.parts.store.recordWorker(drive.lease, worker, null));
}

function block(drive: Drive, why: string): void {
  const { run } = drive.actor;
  const message = `${why}
fleet resume ${run} --answer started=no   starts it again, as attempt ${drive.record().attempt + 1}
fleet resume ${run} --answer started=yes  ends the run as lost
fleet halt ${run}                         ends the run, and proves that nothing of it lives`;
  drive.transition({ from: ['launching'], to: 'blocked', event: drive.event('state', `blocked: ${why}`), message });
}
