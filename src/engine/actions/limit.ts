import type { MonitorAction } from '../../playbook/monitor/monitor.ts';
import type { Cause } from './causes.ts';

/** How a cause was answered last. */
export interface Answered {
  /** Counts the answers to one cause, from 1. */
  round: number;
  agoMs: number;
  count: number;
  /** Names of the actions that were taken, of that round. */
  taken: readonly string[];
}

/** A cause to be answered now, by actions in the order in which they are taken. */
export interface Answer {
  cause: Cause;
  round: number;
  actions: MonitorAction[];
}

export interface ActionLimit {
  /** `nowMs` on one clock that never jumps. */
  choose(causes: readonly Cause[], nowMs: number): Answer[];
}

interface Standing {
  round: number;
  at: number;
  count: number;
  holds: boolean;
  /** Of a round that an earlier controller has begun. */
  taken: readonly string[] | null;
}

/** Who looks comes first, and who ends the attempt last: later there may be nobody left to ask. */
const order = ['stack-dump', 'checkpoint-now', 'notify', 'run', 'quarantine', 'restart', 'fallback', 'halt', 'give-up'];

export function nameAction(action: MonitorAction): string {
  return typeof action === 'string' ? action : `run ${action.run}`;
}

function rankOf(action: MonitorAction): number {
  return order.indexOf(typeof action === 'string' ? action : 'run');
}

/**
 * Each cause is answered when it begins to hold, and when it is seen again; never twice within the cooldown. What an earlier controller has
 * begun is finished, and not begun again.
 */
export function limitActions(cooldownMs: number, earlier: ReadonlyMap<string, Answered>, startMs: number): ActionLimit {
  const standings = new Map<string, Standing>(
    Array.from(earlier, ([name, { round, agoMs, count, taken }]) => [
      name,
      { round, at: startMs - agoMs, count, holds: true, taken },
    ]),
  );

  function answer(cause: Cause, nowMs: number): Answer[] {
    const before = standings.get(cause.name);
    const wanted = [...cause.then].sort((a, b) => rankOf(a) - rankOf(b));
    if (before?.taken != null) {
      const { taken, round } = before;
      standings.set(cause.name, { ...before, taken: null });
      const rest = wanted.filter((action) => !taken.includes(nameAction(action)));
      return rest.length === 0 ? [] : [{ cause, round, actions: rest }];
    }
    if (before !== undefined) {
      if (before.holds && cause.count <= before.count) return [];
      if (nowMs - before.at < cooldownMs) return [];
    }
    const round = (before?.round ?? 0) + 1;
    standings.set(cause.name, { round, at: nowMs, count: cause.count, holds: true, taken: null });
    return [{ cause, round, actions: wanted }];
  }

  return {
    choose(causes, nowMs) {
      for (const [name, standing] of standings) {
        if (!causes.some((cause) => cause.name === name)) standings.set(name, { ...standing, holds: false, taken: null });
      }
      return causes.filter(({ then }) => then.length > 0).flatMap((cause) => answer(cause, nowMs));
    },
  };
}
