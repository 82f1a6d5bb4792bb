import { detachedExecutor } from '../remote/detached/executor.ts';
import { readFrom } from '../remote/files.ts';
import type { RunRecord } from '../store/records.ts';
import { openHostSession, type HostSession } from './host-session.ts';
import type { EngineParts } from './parts.ts';
import { planInProfile } from './plan.ts';
import { readPlan } from './read-plan.ts';
import { resolveEnvironments } from './profile-environments.ts';

const chunkBytes = 1_048_576;
const lookEveryMs = 500;
/** Of a line, for finding the last N of them without reading the whole log. */
const guessedLineBytes = 1_024;

export interface LogWish {
  /** The position of the worker in the run. */
  worker: number;
  /** Only the last lines; null: all of this run's. */
  tail: number | null;
  follow: boolean;
  signal: AbortSignal;
}

/**
 * The log of a run's job, from where this run began, scrubbed of secrets. It only looks: no lease is taken. False: there is no log, the job was never
 * started. Following ends when the job has ended and everything was read.
 */
export async function streamLog(
  parts: EngineParts,
  run: RunRecord,
  wish: LogWish,
  write: (bytes: Buffer) => Promise<void> | void,
): Promise<boolean> {
  const planned = readPlan(run.plan);
  const plan = planInProfile(planned, run.profile);
  const target = plan.targets[wish.worker];
  const host = plan.hosts.find(({ name }) => name === target?.host);
  const { launch, workdir } = plan.playbook;
  if (target === undefined || host === undefined || launch === null) return false;
  const { scrubber } = resolveEnvironments(planned, parts.environment);
  const contact = { reached: () => undefined, missed: () => undefined };
  const session = openHostSession(parts, host, target, {
    run: run.id,
    scrubber,
    contact,
    signal: wish.signal,
    patienceMs: Number.POSITIVE_INFINITY,
    machine: () => parts.store.readWorkers(run.id)[target.index]?.incarnation ?? null,
  });
  const place = { attempt: run.attempt, worker: target.index, unit: 'job' };
  const first = await session.callOnce(detachedExecutor.state(run.id, place));
  if (first.word === 'absent') return false;
  const start = first.logStart ?? 0;
  const size = await sizeOf(session, workdir, launch.log);
  let offset = wish.tail === null ? start : await findTail(session, { workdir, path: launch.log, start, size, lines: wish.tail });
  for (;;) {
    const state = wish.follow ? await session.call(detachedExecutor.state(run.id, place)) : first;
    // Without following, what has come since the command was typed is not asked for.
    const maxBytes = wish.follow ? chunkBytes : Math.min(chunkBytes, Math.max(0, size - offset));
    const part = await session.call(readFrom(workdir, { path: launch.log, offset, maxBytes, headBytes: 1 }));
    const bytes = part.kind === 'file' ? part.bytes : Buffer.alloc(0);
    const isWhole = (state.word === 'exited' || state.word === 'gone') && bytes.length < chunkBytes;
    // A line that is not finished may hold half a secret: it waits for its end, unless nothing more will come.
    const whole = isWhole ? bytes.length : bytes.lastIndexOf(0x0a) + 1;
    const length = whole === 0 && bytes.length === chunkBytes ? bytes.length : whole;
    if (length > 0) await write(bytes.subarray(0, length));
    offset += length;
    if (isWhole || (!wish.follow && bytes.length < chunkBytes)) return true;
    if (length === 0) await parts.clock.wait(lookEveryMs, wish.signal);
    wish.signal.throwIfAborted();
  }
}

async function sizeOf(session: HostSession, workdir: string, path: string): Promise<number> {
  const part = await session.call(readFrom(workdir, { path, offset: 0, maxBytes: 0, headBytes: 1 }));
  return part.kind === 'file' ? part.size : 0;
}

async function findTail(
  session: HostSession,
  wanted: { workdir: string; path: string; start: number; size: number; lines: number },
): Promise<number> {
  const { workdir, path, start, size, lines } = wanted;
  if (lines === 0) return size;
  for (let span = lines * guessedLineBytes; ; span *= 4) {
    const from = Math.max(start, size - Math.min(span, 16 * chunkBytes));
    const part = await session.call(readFrom(workdir, { path, offset: from, maxBytes: size - from, headBytes: 1 }));
    if (part.kind !== 'file') return start;
    const cut = offsetOfLastLines(part.bytes, lines);
    if (cut !== null) return from + cut;
    if (from === start || span >= 16 * chunkBytes) return from;
  }
}

/** Where the last `lines` lines begin; null when there are fewer. */
function offsetOfLastLines(bytes: Buffer, lines: number): number | null {
  let at = bytes.length - 1;
  for (let seen = 0; seen < lines; seen++) {
    at = bytes.lastIndexOf(0x0a, at - 1);
    if (at <= 0) return null;
  }
  return at + 1;
}
