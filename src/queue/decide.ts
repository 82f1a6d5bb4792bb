import { hostOf } from '../language/place.ts';
import type { EntryState, QueuedEntry } from '../store/queue-records.ts';
import type { Unusable } from './read-unusable.ts';
import { rememberHosts, rememberNights, type Hosts, type Nights } from './shared-waits.ts';
import type { Busy, Wait } from './wait.ts';
import { isOpen, type Night } from './windows/night.ts';

/** All that a look at the queue goes by. */
export interface Scene {
  now: number;
  /** Those that are not over, in the order of the queue. */
  entries: readonly QueuedEntry[];
  /** Also of one that is over; null: it is not known any more. */
  stateOf: (entry: string) => EntryState | null;
  /** By host, or by slot of one. */
  busy: ReadonlyMap<string, Busy>;
  /** Host to reason. */
  quarantined: ReadonlyMap<string, string>;
  unusable: ReadonlyMap<string, Unusable>;
  /** Seconds of work that are left of an entry, by what was measured; null: nothing was. */
  secondsLeft: (entry: QueuedEntry) => number | null;
}

export type Decision =
  | { kind: 'start'; entry: QueuedEntry; yieldsAt: number | null }
  | { kind: 'wait'; entry: QueuedEntry; waits: Wait[] }
  /** What it was to follow has ended otherwise. */
  | { kind: 'never'; entry: QueuedEntry; reason: string };

/** With less than this before the time to yield nothing begins, unless it is known to be done by then. */
const leastSeconds = 15 * 60;

/** What starts now, and for each other entry all that it waits for. An entry that waits keeps nobody behind it from starting. */
export function decideQueue(scene: Scene): Decision[] {
  const look = { ...scene, nights: rememberNights(scene.now), hosts: rememberHosts(scene) };
  return scene.entries
    .filter(({ state }) => state === 'waiting' || state === 'held')
    .map((entry) => {
      const decision = decideEntry(look, entry);
      if (decision.kind === 'start')
        for (const host of entry.hosts) look.hosts.occupy(host, `entry ${entry.id}, which goes first`);
      return decision;
    });
}

/** Whether something that takes so long can ever be done where nights are so long. Null: it can, or nobody knows. */
export function findTooLong(entry: Pick<QueuedEntry, 'canGoOn'>, night: Night, seconds: number | null): Wait | null {
  if (entry.canGoOn || seconds === null || night.yieldsAt === null) return null;
  const nightSeconds = (night.yieldsAt - night.opensAt) / 1000;
  return seconds > nightSeconds ? { kind: 'too-long', seconds, nightSeconds } : null;
}

interface Look extends Scene {
  nights: (entry: QueuedEntry) => Nights;
  hosts: Hosts;
}

function decideEntry(scene: Look, entry: QueuedEntry): Decision {
  const before = findBefore(scene, entry);
  if (before.kind === 'never') return { kind: 'never', entry, reason: before.reason };
  const nights = scene.nights(entry);
  const waits: Wait[] = [];
  if (entry.state === 'held') waits.push({ kind: 'held', entry: entry.id, reason: entry.reason });
  waits.push(...before.waits, ...findLater(scene, entry), ...findOutside(scene, entry, nights), ...findUnusable(scene, entry));
  for (const host of entry.hosts) waits.push(...scene.hosts.waitsFor(host));
  return waits.length === 0 ? { kind: 'start', entry, yieldsAt: nights.now.yieldsAt } : { kind: 'wait', entry, waits };
}

function findBefore(
  { stateOf }: Scene,
  { after }: QueuedEntry,
): { kind: 'wait'; waits: Wait[] } | { kind: 'never'; reason: string } {
  if (after === null) return { kind: 'wait', waits: [] };
  const { entry, wants } = after;
  const state = stateOf(entry);
  const ended = endOf(state);
  if (ended === null && state !== null) return { kind: 'wait', waits: [{ kind: 'after', entry, wants, state }] };
  if (wants === 'any' || ended === wants) return { kind: 'wait', waits: [] };
  const wanted = wants === 'ok' ? 'succeeded' : 'failed';
  return {
    kind: 'never',
    reason: `it was to follow entry ${entry} once that had ${wanted}, and that is ${state ?? 'not known any more'}`,
  };
}

/** Null: it has not ended. */
function endOf(state: EntryState | null): 'ok' | 'fail' | null {
  switch (state) {
    case 'done':
      return 'ok';
    case 'failed':
    case 'removed':
      return 'fail';
    default:
      return null;
  }
}

function findLater({ now }: Scene, { notBefore, reason }: QueuedEntry): Wait[] {
  return notBefore !== null && now < notBefore ? [{ kind: 'later', at: notBefore, because: reason }] : [];
}

/** The window, and what is left of the night in it. */
function findOutside({ now, secondsLeft }: Scene, entry: QueuedEntry, { now: night, next, opening }: Nights): Wait[] {
  // What can go on from a checkpoint is too long for no night.
  if (entry.canGoOn && !isOpen(night, now)) return [opening];
  const seconds = night.yieldsAt === null ? null : secondsLeft(entry);
  const coming = isOpen(night, now) && entry.mayStart === null ? next : night;
  const tooLong = findTooLong(entry, coming, seconds);
  if (tooLong !== null) return [tooLong];
  if (!isOpen(night, now)) return [opening];
  if (night.yieldsAt === null) return [];
  const left = (night.yieldsAt - now) / 1000;
  const needed = entry.canGoOn ? Math.min(seconds ?? leastSeconds, leastSeconds) : (seconds ?? leastSeconds);
  if (needed <= left) return [];
  return [{ kind: 'short', seconds, yieldsAt: night.yieldsAt, opensAt: next.opensAt }];
}

/** Of several that want a host that was not reached, one tries it again. */
function findUnusable({ unusable }: Scene, { id, hosts }: QueuedEntry): Wait[] {
  if (unusable.size === 0) return [];
  return hosts.flatMap((host) => {
    const found = unusable.get(host) ?? unusable.get(hostOf(host));
    if (found === undefined || found.entry === id) return [];
    return [{ kind: 'unusable', host, because: found.because, until: found.until }];
  });
}
