import type { Screen } from '../screen.ts';
import type { Status } from '../read-status.ts';
import { renderRunDetails } from './run-details.ts';
import { renderRunList } from './run-list.ts';

/** One run in detail when one was asked about, else the list. */
export function renderStatus(status: Status, options: { one: boolean; all: boolean }, screen: Screen, nowMs: number): string[] {
  const [run] = status.runs;
  if (run === undefined) {
    return [options.all ? 'no runs' : 'no runs are active, and none ended in the last 24 hours; older ones: fleet status --all'];
  }
  return options.one ? renderRunDetails(run, status.events, screen, nowMs) : renderRunList(status.runs, screen, nowMs);
}
