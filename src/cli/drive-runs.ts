import { momentOf } from '../clock.ts';
import { haltRun } from '../engine/halt/halt-run.ts';
import { Detached, LeaseLost } from '../engine/lease-lost.ts';
import type { EngineParts } from '../engine/parts.ts';
import { runEverywhere } from '../engine/run-everywhere.ts';
import { exitCodes, FleetError, type ExitCode } from '../errors.ts';
import { isResult, precedesJob, type Outcome } from '../lifecycle/states.ts';
import { readRunDocument, type RunDocument } from '../store/run-document.ts';
import type { RunRecord } from '../store/records.ts';
import { exitCodeOfError, gravestOf } from './exit-codes.ts';
import { followRun, readLastEvents } from './follow-run.ts';
import { listenForInterruption } from './interruption.ts';
import type { RunDisplay } from './run-display.ts';

/** What moves a run on: a launch, a resume or a halt. */
type Move = (run: string, options: MoveOptions) => Promise<RunRecord>;

/** `notice` is told what the store cannot tell. */
interface MoveOptions {
  signal: AbortSignal;
  notice: (text: string) => void;
}

export interface Drivers {
  move: Move;
  display: RunDisplay;
  /** Whether what had happened before is shown too. */
  fromStart: boolean;
  exitCodeOf: (outcome: Outcome) => ExitCode;
}

export interface Driven {
  /** In the order in which they were given. */
  runs: RunDocument[];
  exit: ExitCode;
  /** Failures that are not results of runs. */
  errors: Error[];
}

/**
 * How one run came out of being driven.
 *
 * - `moved`: it has a result, waits for a person, or was to be left.
 * - `left`: the person went away; the job goes on, or was cancelled before it began.
 * - `taken-over`: somebody else drives it, and it was followed to its end.
 */
type End = { kind: 'moved' | 'left' | 'taken-over' } | { kind: 'failed'; error: Error };

const cancelPatienceMs = 60_000;
/** Between the last look of what follows a run and its end. */
const lastEvents = 1_000;

/**
 * Moves runs on side by side and shows them, until each has a result, waits for a person, or the person leaves. Leaving lets a job that has
 * started go on, and cancels a run whose job has not.
 */
export async function driveRuns(parts: EngineParts, ids: readonly string[], drivers: Drivers): Promise<Driven> {
  const interruption = listenForInterruption();
  const leaving = new AbortController();
  interruption.signal.addEventListener('abort', () => leaving.abort(new Detached()), { once: true });
  try {
    // Every run has its controller from the start: none waits for another's job to end.
    const ends = await runEverywhere(ids, (id) => driveShown(parts, id, drivers, leaving.signal), ids.length);
    const runs = ends.map(({ id }) => readDocument(parts, id));
    const codes = ends.map((end) => codeOf(end, readDocument(parts, end.id), leaving.signal.aborted, drivers));
    return { runs, exit: gravestOf(codes), errors: ends.flatMap((end) => (end.kind === 'failed' ? [end.error] : [])) };
  } finally {
    drivers.display.close();
    interruption.stop();
  }
}

async function driveShown(
  parts: EngineParts,
  id: string,
  { move, display, fromStart }: Drivers,
  leaving: AbortSignal,
): Promise<End & { id: string }> {
  const ended = new AbortController();
  const afterId = fromStart ? 0 : (readLastEvents(parts.store, id, 1)[0]?.id ?? 0);
  // A run goes on without being shown.
  const showing = show(parts, id, display, { signal: ended.signal, afterId }).then(() => null, asError);
  const end = await moveOn(parts, id, move, { signal: leaving, notice: (text) => display.tell(text) });
  if (end.kind !== 'taken-over' || leaving.aborted) ended.abort();
  else leaving.addEventListener('abort', () => ended.abort(), { once: true });
  const error = await showing;
  return end.kind === 'failed' || error === null ? { ...end, id } : { kind: 'failed', error, id };
}

async function moveOn(parts: EngineParts, id: string, move: Move, options: MoveOptions): Promise<End> {
  try {
    await move(id, options);
    return { kind: 'moved' };
  } catch (error) {
    if (error instanceof LeaseLost) return { kind: 'taken-over' };
    return error instanceof Detached ? leave(parts, id) : { kind: 'failed', error: asError(error) };
  }
}

async function leave(parts: EngineParts, id: string): Promise<End> {
  const run = parts.store.readRun(id);
  if (run === null || !precedesJob(run)) return { kind: 'left' };
  const wish = { reason: 'cancelled by Ctrl-C before the job had started', graceSeconds: 0, force: true };
  try {
    await haltRun(parts, id, wish, { signal: new AbortController().signal, patienceMs: cancelPatienceMs });
    return { kind: 'left' };
  } catch (error) {
    return { kind: 'failed', error: asError(error) };
  }
}

async function show(
  parts: EngineParts,
  id: string,
  display: RunDisplay,
  options: { signal: AbortSignal; afterId: number },
): Promise<void> {
  const { store, clock } = parts;
  let { afterId } = options;
  for await (const news of followRun(store, id, { clock, ...options })) {
    afterId = news.events.at(-1)?.id ?? afterId;
    display.show(news);
  }
  const events = store.readEvents(id, afterId, lastEvents);
  if (events.length > 0) display.show({ run: readDocument(parts, id), events });
}

function readDocument(parts: EngineParts, id: string): RunDocument {
  const record = parts.store.readRun(id);
  if (record === null) throw new FleetError(`there is no run "${id}"`, { code: 'run-not-found', exit: exitCodes.usage });
  return readRunDocument(parts.store, record, momentOf(parts.clock));
}

function codeOf(end: End, run: RunDocument, interrupted: boolean, { exitCodeOf }: Drivers): ExitCode {
  if (end.kind === 'failed') return exitCodeOfError(end.error);
  if (interrupted && (end.kind === 'left' || !isResult(run.state))) return exitCodes.detached;
  if (run.outcome !== null) return exitCodeOf(run.outcome);
  return run.state === 'blocked' ? exitCodes.didNotSucceed : exitCodes.done;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
