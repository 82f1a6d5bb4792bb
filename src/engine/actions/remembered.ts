import type { Drive } from '../drive.ts';
import { keeps, readEventsOf } from '../read-events.ts';
import type { Answered } from './limit.ts';

/** What the event of an action keeps of it. */
export interface TakenDetail {
  taken: {
    attempt: number;
    cause: string;
    round: number;
    count: number;
    action: string;
    /** Where it runs, for a command of the author. */
    unit: string | null;
  };
}

/** The event that tells how a command of the author has ended. */
export interface EndedDetail {
  ended: { attempt: number; unit: string };
}

/** How each cause of this attempt was answered last. */
export function readAnswered(drive: Drive): Map<string, Answered> {
  const answered = new Map<string, Answered>();
  for (const { at, taken } of readTaken(drive)) {
    const { cause, round, count, action } = taken;
    const before = answered.get(cause);
    const earlier = before?.round === round ? before.taken : [];
    // A wall clock that was set back makes it longer ago than nothing, never shorter.
    const agoMs = Math.max(0, drive.parts.clock.now() - at);
    answered.set(cause, { round, agoMs, count, taken: [...earlier, action] });
  }
  return answered;
}

/** The units of this attempt that an action has begun: all, and those whose end was not told yet. */
export function readUnits(drive: Drive): { begun: string[]; open: { unit: string; command: string; cause: string }[] } {
  const { attempt } = drive.record();
  const begun = readTaken(drive).flatMap(({ taken: { unit, action, cause } }) =>
    unit === null ? [] : [{ unit, command: action.slice('run '.length), cause }],
  );
  const ended = readEventsOf(drive, 'action').flatMap(({ detail }) =>
    keeps<EndedDetail>(detail, 'ended') ? [detail.ended] : [],
  );
  const isOpen = (unit: string) => !ended.some((end) => end.attempt === attempt && end.unit === unit);
  return { begun: begun.map(({ unit }) => unit), open: begun.filter(({ unit }) => isOpen(unit)) };
}

function readTaken(drive: Drive): { at: number; taken: TakenDetail['taken'] }[] {
  const { attempt } = drive.record();
  return readEventsOf(drive, null)
    .flatMap(({ at, detail }) => (keeps<TakenDetail>(detail, 'taken') ? [{ at, taken: detail.taken }] : []))
    .filter(({ taken }) => taken.attempt === attempt);
}
