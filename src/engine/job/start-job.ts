import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitState } from '../../remote/executor.ts';
import { keepRecord } from '../../remote/records.ts';
import { describeJob } from './describe-job.ts';
import { jobPlace } from './job.ts';
import { recordBaseline } from './record-baseline.ts';
import { adoptAttempt, isSuperseded } from './adopt-attempt.ts';
import { pushEnvironments } from '../push-environments.ts';
import type { Drive } from '../drive.ts';
import { goOnFromEarlier } from '../attempts/go-on-from-earlier.ts';
import { beginTry, creditGuard } from '../attempts/record-try.ts';
import { meetAll } from '../gang/barrier.ts';
import { chooseMasterPort } from '../gang/master-port.ts';
import { namePlace, nameWorkers } from '../gang/name-workers.ts';
import { beginHalt } from '../halt/wish-halt.ts';
import { holdMachines } from '../hold-machine.ts';
import { describeKeptRun } from '../kept-record.ts';
import { lookAgain } from './look-again.ts';

/** How long a claimed start may show no process before a person is asked. */
const startingSeconds = 60;

/**
 * `launching`: the intent is durable. Each worker is asked what is there, which shuts out every older controller; only where nothing is, the
 * environment is pushed, the evidence is read once more (D-4) and the job is started, on all workers together. A start is claimed on the host: one
 * whose answer was lost is found, not repeated. Of several workers all start or none: where one does not come, those that have started are stopped.
 */
export async function startJob(drive: Drive): Promise<void> {
  const met = await meetAll(drive, drive.workers, (worker, limit) =>
    worker.session.call(detachedExecutor.watch(worker.actor, jobPlace(worker)), limit),
  );
  if (met.missing.length > 0) return failStart(drive, met.missing, 'did not answer before the start');
  const [first] = met.answers;
  // What this one has written is read first, where it was begun at all.
  if (first !== undefined && isSuperseded(drive, first.answer) && first.answer.word === 'absent') {
    await adoptAttempt(drive, first.answer);
    return;
  }
  const absent = met.answers.filter(({ answer }) => answer.word === 'absent').map(({ worker }) => worker);
  const states = new Map(met.answers.map(({ worker, answer }) => [worker, answer]));
  if (absent.length > 0) {
    if (absent.length === drive.workers.length) {
      await chooseMasterPort(drive);
      await goOnFromEarlier(drive);
    }
    const pushed = await meetAll(drive, absent, (worker, limit) => pushEnvironments(worker, jobPlace(worker).attempt, limit));
    if (pushed.missing.length > 0) return failStart(drive, pushed.missing, 'did not take its environment');
    if (absent.length === drive.workers.length && !(await lookAgain(drive))) return;
    const ready = await meetAll(drive, absent, (worker) => prepareStart(worker));
    if (ready.missing.length > 0) return failStart(drive, ready.missing, 'did not become ready to start');
    await holdMachines(drive);
    const started = await meetAll(drive, absent, (worker, limit) =>
      worker.session.call(detachedExecutor.start(worker.actor, jobPlace(worker), describeJob(worker)), limit),
    );
    if (started.missing.length > 0) return failStart(drive, started.missing, 'did not answer to its start');
    for (const { worker, answer } of started.answers) {
      if (answer.kind === 'no-session-tool') {
        blockOrFail(drive, worker, 'the host has no setsid, busybox, python3 or perl to keep a job running');
        return;
      }
      // Asked again from the top: the environment is pushed, and the machine is claimed or known to be another's.
      if (answer.kind === 'environment-missing' || answer.kind === 'claim-lost') return;
      states.set(worker, answer.state);
    }
  }
  const processes = await meetAll(drive, drive.workers, (worker, limit) =>
    waitForProcess(worker, states.get(worker) ?? neverAsked(worker), limit),
  );
  if (processes.missing.length > 0) return failStart(drive, processes.missing, 'did not say that its process is there');
  settleStart(drive, processes.answers);
}

async function prepareStart(worker: Drive): Promise<void> {
  await recordBaseline(worker);
  await worker.session.call(keepRecord(worker.actor, describeKeptRun(worker, null)));
}

function neverAsked({ actor, target }: Drive): never {
  throw new TypeError(`run ${actor.run}: worker ${target.index} was never asked`);
}

async function waitForProcess(drive: Drive, first: UnitState, limit?: AbortSignal): Promise<UnitState> {
  const until = drive.parts.clock.monotonic() + startingSeconds * 1000;
  let state = first;
  while (state.word === 'starting' && drive.parts.clock.monotonic() < until) {
    await drive.parts.clock.wait(200, drive.signal);
    drive.signal.throwIfAborted();
    state = await drive.session.call(detachedExecutor.watch(drive.actor, jobPlace(drive)), limit);
  }
  return state;
}

interface StartedWorker {
  worker: Drive;
  answer: UnitState;
}

function settleStart(drive: Drive, started: readonly StartedWorker[]): void {
  for (const { worker, answer } of started) {
    const why = explainNotStarted(answer);
    if (why !== null) {
      blockOrFail(drive, worker, why);
      return;
    }
  }
  const [first] = started;
  if (first === undefined) return;
  const pids = started.map(({ answer }) => answer.pid ?? 'unknown').join(', ');
  const text = `running on ${namePlace(drive)}, ${started.length === 1 ? 'pid' : 'pids'} ${pids}`;
  const startedAt = drive.parts.clock.now();
  const { profile } = first.answer;
  drive.parts.store.together(() => {
    for (const { worker, answer } of started) recordJob(worker, answer);
    beginTry(drive, { attempt: drive.record().attempt, because: null });
    creditGuard(drive, first.answer);
    drive.transition({
      from: ['launching'],
      to: 'running',
      event: drive.event('state', text, { pid: first.answer.pid }),
      startedAt,
      ...(profile === null ? {} : { profile }),
    });
  });
}

/** Null: the host says that its process exists, or existed. */
function explainNotStarted({ word }: UnitState): string | null {
  switch (word) {
    case 'running':
    case 'ending':
    case 'exited':
    case 'gone':
      return null;
    case 'claimed':
      return 'the start was claimed on the host, and the host went down before the job had a process: whether it ran is for a person to say';
    case 'starting':
      return `the start was claimed on the host, and no process has come in ${startingSeconds} s`;
    case 'absent':
      return 'the host says that nothing was started, after it had accepted the start';
  }
}

/** What is known of the job's process now. */
function recordJob(drive: Drive, state: UnitState): void {
  const incarnation = state.startedOn ?? state.incarnation;
  const { attempt } = drive.record();
  const worker = { ...drive.target, attempt, pid: state.pid, state: state.word, exitCode: state.exitCode, incarnation };
  drive.must(drive.parts.store.recordWorker(drive.lease, worker, null));
}

/** Of one worker a person is asked. Of several the others must not wait for the answer: they are stopped, and nothing is started again. */
function blockOrFail(drive: Drive, worker: Drive, why: string): void {
  if (drive.workers.length === 1) block(drive, why);
  else failStart(drive, [worker], `did not start: ${why}`);
}

function failStart(drive: Drive, missing: readonly Drive[], what: string): void {
  const { targets } = drive.plan;
  const who = nameWorkers(
    targets,
    missing.map(({ target }) => target),
  );
  beginHalt(drive, ['launching'], `${who} ${what}: nobody goes on without`, 'failed', 'worker-not-started');
}

function block(drive: Drive, why: string): void {
  const { run } = drive.actor;
  const message = `${why}
fleet resume ${run} --answer started=no   starts it again, as attempt ${drive.record().attempt + 1}
fleet resume ${run} --answer started=yes  ends the run as lost
fleet halt ${run}                         ends the run, and proves that nothing of it lives`;
  drive.transition({ from: ['launching'], to: 'blocked', event: drive.event('state', `blocked: ${why}`), message });
}
