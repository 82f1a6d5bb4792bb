import { momentOf } from '../clock.ts';
import { driveRun } from '../engine/drive-run.ts';
import { haltRun } from '../engine/halt/halt-run.ts';
import { Detached, LeaseLost } from '../engine/lease-lost.ts';
import { messageOf } from '../errors.ts';
import { isResult } from '../lifecycle/states.ts';
import type { QueueParts } from './parts.ts';

/** After a run could not be driven. */
const againAfterMs = 60_000;

export interface Runs {
  drive(run: string): void;
  halt(run: string, reason: string): void;
  count(): number;
  /** Until one of them is no longer driven, or so long. */
  wait(ms: number): Promise<void>;
  ended(): Promise<void>;
}

/** Runs that are driven side by side, each once. A halt replaces whoever drives, also ourselves. */
export function driveSeveral(parts: QueueParts, signal: AbortSignal): Runs {
  const { clock } = parts;
  const driven = new Map<string, Promise<void>>();
  const halting = new Set<string>();
  const notBefore = new Map<string, number>();
  let wake = new AbortController();
  // One listener for all the waits of weeks.
  signal.addEventListener('abort', () => wake.abort(), { once: true });

  const begin = (run: string, work: () => Promise<unknown>): void => {
    const ended = work().then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof LeaseLost || error instanceof Detached) return;
        notBefore.set(run, clock.monotonic() + againAfterMs);
        parts.logger.warn({ run, error: messageOf(error) }, 'a run could not be driven');
        parts.tell({ text: `run ${run}: ${messageOf(error)}`, run, trouble: true });
      },
    );
    const all = Promise.all([driven.get(run), ended]).then(() => {
      if (driven.get(run) === all) driven.delete(run);
      wake.abort();
    });
    driven.set(run, all);
  };
  const isEarly = (run: string) => clock.monotonic() < (notBefore.get(run) ?? 0);
  const notice = (text: string) => parts.tell({ text, trouble: true });

  return {
    drive: (run) => {
      const state = parts.store.readRun(run)?.state ?? null;
      const isDriven = driven.has(run) || parts.store.holder(run, momentOf(clock)) !== null;
      if (state === null || isResult(state) || state === 'blocked' || isDriven || isEarly(run)) return;
      begin(run, () => driveRun(parts, run, { signal, takeOver: false, notice }));
    },
    halt: (run, reason) => {
      const state = parts.store.readRun(run)?.state ?? null;
      // One that is halting already is driven on like any other, whoever wished it.
      if (state === null || isResult(state) || state === 'halting' || halting.has(run) || isEarly(run)) return;
      halting.add(run);
      const wish = { reason, graceSeconds: null, force: false };
      begin(run, () => haltRun(parts, run, wish, { signal, notice }).finally(() => halting.delete(run)));
    },
    count: () => driven.size,
    wait: async (ms) => {
      if (signal.aborted) return;
      await clock.wait(ms, wake.signal);
      wake = new AbortController();
    },
    ended: async () => {
      await Promise.all(driven.values());
    },
  };
}
