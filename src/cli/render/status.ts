import { formatSize } from '../../language/units.ts';
import type { Screen } from '../screen.ts';
import type { Status } from '../read-status.ts';
import { printable, wrap } from './printable.ts';
import { renderQueueStatus } from './queue-status.ts';
import { renderRunDetails } from './run-details.ts';
import { renderRunList } from './run-list.ts';

/** One run in detail when one was asked about, else the list; above it, what makes it old. */
export function renderStatus(status: Status, options: { one: boolean; all: boolean }, screen: Screen, nowMs: number): string[] {
  const queue = options.one || status.queue === null ? [] : renderQueueStatus(status.queue, screen, nowMs);
  return [...renderFullDisk(status, screen), ...renderRuns(status, options, screen, nowMs), ...queue];
}

function renderRuns(status: Status, options: { one: boolean; all: boolean }, screen: Screen, nowMs: number): string[] {
  const [run] = status.runs;
  if (run === undefined) {
    return [options.all ? 'no runs' : 'no runs are active, and none ended in the last 24 hours; older ones: fleet status --all'];
  }
  return options.one ? renderRunDetails(run, status, screen, nowMs) : renderRunList(status.runs, screen, nowMs);
}

function renderFullDisk({ stateDisk }: Status, screen: Screen): string[] {
  if (stateDisk?.full !== true) return [];
  const text = `the disk of the state folder "${printable(stateDisk.folder)}" is full (${formatSize(stateDisk.freeBytes)} free): nothing new is stored, and what is shown is as old as it says. A controller that cannot store looks as if it were gone; make room, and it goes on. Jobs are not touched.`;
  return [...wrap(text, screen.width).map((line) => screen.paint('yellow', line)), ''];
}
