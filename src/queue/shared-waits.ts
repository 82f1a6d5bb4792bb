import { hostOf, placesOverlap } from '../language/place.ts';
import { findZone } from '../language/zone.ts';
import type { QueuedEntry } from '../store/queue-records.ts';
import type { Busy, Wait } from './wait.ts';
import { findNight, type Night, type NightRule } from './windows/night.ts';

/*
 * Thousands of entries have the same few windows and hosts: what they wait for is found once in a look, and shared.
 */

export interface Nights {
  /** The night that it is, else the next one. */
  now: Night;
  /** The one after that. */
  next: Night;
  opening: Wait;
}

export interface Hosts {
  waitsFor: (place: string) => Wait[];
  /** From now on it is busy with something that starts. */
  occupy: (place: string, by: string) => void;
}

export function ruleOf({ zone, mayStart, yieldBy }: Pick<QueuedEntry, 'zone' | 'mayStart' | 'yieldBy'>): NightRule {
  return { zone: findZone(zone), mayStart, yieldBy };
}

export function rememberNights(now: number): (entry: QueuedEntry) => Nights {
  const known = new Map<string, Nights>();
  return (entry) => {
    const { zone, mayStart, yieldBy } = entry;
    const key = `${zone} ${mayStart?.from ?? ''}-${mayStart?.to ?? ''} ${yieldBy ?? ''}`;
    const found = known.get(key) ?? findNights(ruleOf(entry), now);
    known.set(key, found);
    return found;
  };
}

function findNights(rule: NightRule, at: number): Nights {
  const now = findNight(rule, at);
  const next = Number.isFinite(now.closesAt) ? findNight(rule, now.closesAt) : now;
  return { now, next, opening: { kind: 'window', opensAt: now.opensAt } };
}

export function rememberHosts({
  quarantined,
  busy,
}: {
  /** Host to reason. */
  quarantined: ReadonlyMap<string, string>;
  /** By host, or by slot of one. */
  busy: ReadonlyMap<string, Busy>;
}): Hosts {
  const held = new Map(busy);
  const known = new Map<string, Wait[]>();
  const find = (place: string): Wait[] => {
    const host = hostOf(place);
    const reason = quarantined.get(host);
    const holders = [...held].filter(([other]) => placesOverlap(other, place));
    return [
      ...(reason === undefined ? [] : [{ kind: 'quarantine', host, reason } as const]),
      ...holders.map(([other, holder]) => ({ kind: 'busy', host: other, ...holder }) as const),
    ];
  };
  return {
    waitsFor: (place) => {
      const waits = known.get(place) ?? find(place);
      known.set(place, waits);
      return waits;
    },
    occupy: (place, by) => {
      held.set(place, { by, until: null });
      for (const other of [...known.keys()]) if (placesOverlap(other, place)) known.delete(other);
    },
  };
}
