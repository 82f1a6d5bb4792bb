import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitPlace, UnitState } from '../../remote/executor.ts';
import { readFrom } from '../../remote/files.ts';
import { keepRecord } from '../../remote/records.ts';
import type { OffsetRecord } from '../../store/records.ts';
import { describeJob } from './describe-job.ts';
import { filesOfJob, jobPlace, type JobFile } from './job.ts';
import { unreadFile } from './read-files.ts';
import { findBefore } from './read-source.ts';
import { passOverWholeFile } from './read-whole.ts';
import { adoptAttempt, isSuperseded } from './adopt-attempt.ts';
import { pushEnvironments } from '../push-environments.ts';
import type { Drive } from '../drive.ts';
import { goOnFromEarlier } from '../attempts/go-on-from-earlier.ts';
import { beginTry, creditGuard } from '../attempts/record-try.ts';
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
  const place = jobPlace(drive);
  let state = await drive.session.call(detachedExecutor.watch(drive.actor, place));
  // What this one has written is read first, where it was begun at all.
  if (isSuperseded(drive, state) && state.word === 'absent') {
    await adoptAttempt(drive, state);
    return;
  }
  if (state.word === 'absent') {
    await goOnFromEarlier(drive);
    await pushEnvironments(drive, place.attempt);
    if (!(await lookAgain(drive))) return;
    await recordBaseline(drive);
    await drive.session.call(keepRecord(drive.actor, describeKeptRun(drive, null)));
    await holdMachine(drive);
    const answer = await drive.session.call(detachedExecutor.start(drive.actor, place, describeJob(drive)));
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

/**
 * Where each file ends before the start: rows of an older run are not this run's, unless they are what it is compared with. Those that an earlier attempt has
 * read from go on from there.
 */
async function recordBaseline(drive: Drive): Promise<void> {
  const { attempt } = jobPlace(drive);
  const { store } = drive.parts;
  const carried = attempt === 1 ? [] : store.readOffsets(drive.actor.run).filter((offset) => offset.attempt === attempt);
  const isCarried = ({ name, path, choice }: JobFile) =>
    carried.some((offset) => offset.source === name && (choice !== 'one' || offset.path === path));
  const files = filesOfJob(drive).filter((file) => !isCarried(file));
  const offsets = await Promise.all(files.map((file) => findEnds(drive, file)));
  drive.must(store.recordOffsets(drive.lease, offsets.flat()));
}

async function findEnds(drive: Drive, file: JobFile): Promise<OffsetRecord[]> {
  const isReference = drive.plan.playbook.monitor?.references?.includes(file.name) === true;
  if (file.kind === 'json' || file.kind === 'sqlite') {
    const unread = unreadFile(file, jobPlace(drive).attempt);
    return [isReference ? unread : await passOverWholeFile(drive, file, unread)];
  }
  const before = await findBefore(drive, file);
  if (isReference) return before;
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
      const text = `running on ${drive.host.name}, pid ${state.pid ?? 'unknown'}`;
      const startedAt = drive.parts.clock.now();
      drive.parts.store.together(() => {
        recordJob(drive, state);
        beginTry(drive, { attempt: drive.record().attempt, because: null });
        creditGuard(drive, state);
        drive.transition({
          from: ['launching'],
          to: 'running',
          event: drive.event('state', text, { pid: state.pid }),
          startedAt,
          ...(state.profile === null ? {} : { profile: state.profile }),
        });
      });
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
