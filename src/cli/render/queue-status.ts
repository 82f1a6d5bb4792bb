import type { QueueStatus } from '../queue/queue-status.ts';
import type { Screen } from '../screen.ts';
import { formatAge } from './quantities.ts';

/** A line below the runs, where there is a queue at all. Entries and schedules that nobody sees to are told in yellow. */
export function renderQueueStatus(
  { waiting, held, running, schedules, daemon }: QueueStatus,
  screen: Screen,
  nowMs: number,
): string[] {
  const counts = [
    [waiting, 'waiting'],
    [running, 'running'],
    [held, 'held'],
    [schedules, schedules === 1 ? 'schedule' : 'schedules'],
  ] as const;
  const parts = counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`]));
  if (daemon === null) {
    if (parts.length === 0) return [];
    return ['', screen.paint('yellow', `queue: ${parts.join(', ')}; nobody sees to it: fleet daemon, or fleet queue run`)];
  }
  const { what, user, host, pid, lookedAt } = daemon;
  const looked = `fleet ${what} of ${user}@${host} (pid ${pid}) last looked ${formatAge(lookedAt, nowMs)}`;
  return ['', `queue: ${parts.length === 0 ? 'empty' : parts.join(', ')}; ${looked}`];
}
