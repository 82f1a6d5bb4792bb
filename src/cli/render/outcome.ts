import type { RunDocument } from '../../store/run-document.ts';
import type { Screen } from '../screen.ts';
import { formatMoney, formatSeconds } from './quantities.ts';
import { describeState, hostsOf, workOf } from './run-words.ts';

/** `prod-50k on demo-a100x2: succeeded, after 48s, exit status 0`. Empty while the run goes on. */
export function renderOutcome(run: RunDocument, screen: Screen): string[] {
  if (run.outcome === null) return [];
  const { text, color } = describeState(run);
  const parts = [
    color === undefined ? text : screen.paint(color, text),
    ...(run.outcome.exitCode === null ? [] : [`exit status ${run.outcome.exitCode}`]),
    ...(secondsOf(run) === null ? [] : [`after ${formatSeconds(secondsOf(run))}`]),
    ...(run.cost === null ? [] : [`cost ${formatMoney(run.cost.spent, run.cost.currency)}`]),
  ];
  return [`${workOf(run)} on ${hostsOf(run)} (${run.id}): ${parts.join(', ')}`];
}

/** Null also where the clock was set back meanwhile, further than the run was long. */
function secondsOf(run: RunDocument): number | null {
  if (run.startedAt === null || run.endedAt === null) return null;
  const seconds = (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  return seconds < 0 ? null : seconds;
}
