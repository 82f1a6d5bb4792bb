import { haltRun } from '../engine/halt-run.ts';
import { Survivors } from '../engine/halt-job.ts';
import { isSilence } from '../engine/host-session.ts';
import { Detached, LeaseLost } from '../engine/lease-lost.ts';
import type { EngineParts } from '../engine/parts.ts';
import { runEverywhere } from '../engine/run-everywhere.ts';
import { exitCodes, FleetError, type ExitCode } from '../errors.ts';
import { isResult, type RunState } from '../lifecycle/states.ts';
import { readRunDocument, type RunDocument } from '../store/run-document.ts';
import type { RunRecord } from '../store/store.ts';
import { exitCodeOf } from './exit-codes.ts';
import { followRun, readLastEvents } from './follow-run.ts';
import { listenForInterruption } from './interruption.ts';
import type { RunDisplay } from './run-display.ts';

/** What moves a run on: a launch or a resume, or a halt. */
export type Move = (run: string, signal: AbortSignal) => Promise<RunRecord>;

export interface Driven {
  runs: RunDocument[];
  exit: ExitCode;
  /** Failures that are not results of runs, in the order of the runs. */
  errors: Error[];
}

const beforeTheJob: readonly RunState[] = ['queued', 'preparing', 'validating', 'launching'];
const haltPatienceMs = 60_000;

/**
 * Moves runs on side by side and shows them, until each has a result, waits for a person, or the person leaves. Leaving lets a job that has
 * started go on, and cancels a run whose job has not. A run that somebody else takes over is followed to its end.
 */
export async function driveRuns(parts: EngineParts, ids: readonly string[], move: Move, display: RunDisplay): Promise<Driven> {
  const interruption = listenForInterruption();
  const leaving = new AbortController();
  interruption.signal.addEventListener('abort', () => leaving.abort(new Detached()), { once: true });
  try {
    const ends = await runEverywhere(ids, async (id) => {
      const shown = new AbortController();
      const showing = show(parts, id, display, shown.signal);
      const end = await moveOn(parts, id, move, leaving.signal);
      if (end.kind === 'taken-over') await showing;
      shown.abort();
      await showing;
      return { id, ...end };
    });
    const runs = ends.map(({ id }) => readDocument(parts, id));
    display.close();
    const codes = ends.map((end) => codeOf(end, readDocument(parts, end.id), interruption.signal.aborted));
    return { runs, exit: gravest(codes), errors: ends.flatMap((end) => (end.kind === 'failed' ? [end.error] : [])) };
  } finally {
    interruption.stop();
  }
}

type End = { kind: 'moved' | 'left' | 'taken-over' } | { kind: 'failed'; error: Error };

async function moveOn(parts: EngineParts, id: string, move: Move, leaving: AbortSignal): Promise<End> {
  try {
    await move(id, leaving);
    return { kind: 'moved' };
  } catch (error) {
    if (error instanceof LeaseLost) return { kind: 'taken-over' };
    if (!(error instanceof Detached)) return { kind: 'failed', error: asError(error) };
  }
  const state = parts.store.readRun(id)?.state;
  if (state === undefined || !beforeTheJob.includes(state)) return { kind: 'left' };
  const wish = { reason: 'cancelled by Ctrl-C before the job had started', graceSeconds: 0, force: true };
  try {
    await haltRun(parts, id, wish, { signal: new AbortController().signal, patienceMs: haltPatienceMs });
    return { kind: 'left' };
  } catch (error) {
    return { kind: 'failed', error: asError(error) };
  }
}

async function show(parts: EngineParts, id: string, display: RunDisplay, signal: AbortSignal): Promise<void> {
  // What came before is told by "fleet status".
  let afterId = readLastEvents(parts.store, id, 1)[0]?.id ?? 0;
  for await (const news of followRun(parts.store, id, { clock: parts.clock, signal, afterId })) {
    afterId = news.events.at(-1)?.id ?? afterId;
    display.show(news);
  }
  // What happened between the last look and the end.
  const record = parts.store.readRun(id);
  if (record === null) return;
  display.show({
    run: readRunDocument(parts.store, record, parts.clock.now()),
    events: parts.store.readEvents(id, afterId, 1_000),
  });
}

function readDocument(parts: EngineParts, id: string): RunDocument {
  const record = parts.store.readRun(id);
  if (record === null) throw new FleetError(`there is no run "${id}"`, { code: 'run-not-found', exit: exitCodes.usage });
  return readRunDocument(parts.store, record, parts.clock.now());
}

function codeOf(end: End, run: RunDocument, interrupted: boolean): ExitCode {
  if (end.kind === 'failed') return codeOfError(end.error);
  if (interrupted && (end.kind === 'left' || !isResult(run.state))) return exitCodes.detached;
  if (run.outcome !== null) return exitCodeOf(run.outcome);
  return run.state === 'blocked' ? exitCodes.didNotSucceed : exitCodes.done;
}

function codeOfError(error: Error): ExitCode {
  if (error instanceof Survivors) return exitCodes.didNotSucceed;
  if (isSilence(error)) return exitCodes.unreachable;
  return error instanceof FleetError ? error.exit : exitCodes.couldNot;
}

const gravestFirst: readonly ExitCode[] = [
  exitCodes.detached,
  exitCodes.couldNot,
  exitCodes.usage,
  exitCodes.didNotSucceed,
  exitCodes.unreachable,
  exitCodes.stopped,
];

function gravest(codes: readonly ExitCode[]): ExitCode {
  return gravestFirst.find((code) => codes.includes(code)) ?? exitCodes.done;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
