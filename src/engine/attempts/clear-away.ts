import { lookForLeftovers, stopLeftovers, type Leftovers } from '../../remote/leftovers.ts';
import type { Drive } from '../drive.ts';
import { Survivors } from '../halt/halt-job.ts';

const lookEveryMs = 400;
/** A wrapper and its guard leave by themselves soon after their job. */
const leaveByThemselvesMs = 5_000;
/** What is still there this long after the wish to stop is named; the next controller looks again. */
const survivorMs = 180_000;

/**
 * Proves that nothing of the attempts before `attempt` lives: no process, and none of those that carried them, since a guard that is at work would go
 * on with its halt. What has stayed is stopped as by a halt.
 */
export async function clearAway(drive: Drive, attempt: number): Promise<void> {
  const { clock } = drive.parts;
  const begin = clock.monotonic();
  let isAsked = false;
  let left = await look(drive, attempt);
  while (left.members.length > 0 || left.carriers.length > 0) {
    const waitedMs = clock.monotonic() - begin;
    const isLate = left.members.length > 0 || waitedMs > leaveByThemselvesMs;
    if (isLate && !isAsked) {
      isAsked = true;
      tell(drive, left, attempt);
      await drive.session.call(stopLeftovers(drive.actor, `attempt ${attempt} is about to begin`));
    }
    if (waitedMs > survivorMs) throw new Survivors(drive.actor.run, left.members);
    await clock.wait(lookEveryMs, drive.signal);
    drive.signal.throwIfAborted();
    left = await look(drive, attempt);
  }
}

function look(drive: Drive, attempt: number): Promise<Leftovers> {
  return drive.session.call(lookForLeftovers(drive.actor.run, attempt));
}

function tell(drive: Drive, { members }: Leftovers, attempt: number): void {
  if (members.length === 0) return;
  const named = members.map(({ pid, command }) => `pid ${pid} ${command}`).join('; ');
  drive.tell('leftovers', `stopping what is left before attempt ${attempt}: ${named}`);
}
