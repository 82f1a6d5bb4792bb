import { messageOf } from '../errors.ts';
import type { Reachability } from '../lifecycle/states.ts';
import type { Lease, RunRecord, TargetRecord } from '../store/records.ts';
import type { Drive } from './drive.ts';
import { ofWorker } from './gang/name-workers.ts';
import { anotherMachine, type Contact } from './host-session.ts';
import type { EngineParts } from './parts.ts';

interface Silent {
  reachability: Reachability;
  nextTryAt: number;
}

/**
 * Reachability is an axis of its own: it is recorded when it changes, and never touches the state. Each miss says when the next try is. A run is as
 * reachable as the worst of its workers, and reachable again when each of them has answered.
 */
export function makeContacts(
  { store, clock }: EngineParts,
  before: RunRecord,
  lease: Lease,
  { targets, event }: { targets: readonly TargetRecord[]; event: Drive['event'] },
): (target: TargetRecord) => Contact {
  const silent = new Map<number, Silent>();
  const heard = new Set<number>();
  let recorded = before.reachability;
  let isWaiting = before.nextTryAt !== null;

  const worst = (): Reachability => {
    const all = [...silent.values()].map(({ reachability }) => reachability);
    if (all.length === 0) return heard.size === targets.length ? 'reachable' : recorded;
    return all.includes('unreachable') ? 'unreachable' : 'unknown';
  };
  const record = (text: string | null, kind: string) => {
    const reachability = worst();
    const waits = [...silent.values()].map(({ nextTryAt }) => nextTryAt);
    const next = waits.length === 0 ? [] : [Math.min(...waits)];
    store.recordReachability(lease, reachability, clock.now(), text === null ? null : event(kind, text), ...next);
    recorded = reachability;
    isWaiting = waits.length > 0;
  };

  return (target) => {
    const told = (text: string) => ofWorker(targets, target, text);
    // What was recorded is of a run's only worker; of one of several nobody knows.
    const lastKnown = () => silent.get(target.index)?.reachability ?? (targets.length === 1 ? recorded : 'reachable');
    return {
      reached: () => {
        const was = lastKnown();
        const isNews = silent.delete(target.index) || !heard.has(target.index);
        heard.add(target.index);
        if (isNews && (worst() !== recorded || isWaiting || was !== 'reachable'))
          record(was === 'reachable' ? null : told('the host answers'), 'reachable');
      },
      missed: (error, nextTryMs) => {
        const reachability = error.code === anotherMachine ? 'unknown' : 'unreachable';
        const was = lastKnown();
        heard.delete(target.index);
        silent.set(target.index, { reachability, nextTryAt: clock.now() + nextTryMs });
        const text = told(`${messageOf(error)}; next try in ${Math.ceil(nextTryMs / 1000)} s, the job is not touched`);
        record(was === reachability ? null : text, reachability);
      },
    };
  };
}
