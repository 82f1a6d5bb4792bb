import { isResult } from '../../lifecycle/states.ts';
import type { RunDocument } from '../../store/run-document.ts';
import type { Screen } from '../screen.ts';
import { formatAge, formatEta, formatRate, formatSteps } from './quantities.ts';
import {
  describeHealth,
  describeReachability,
  describeState,
  describeUndriven,
  hostsOf,
  isUndriven,
  workOf,
} from './run-words.ts';
import { renderTable, type Row } from './table.ts';

const columns = [
  { title: 'RUN' },
  { title: 'PLAYBOOK' },
  { title: 'HOST' },
  { title: 'STATE' },
  { title: 'HEALTH' },
  { title: 'STEP', align: 'right' as const },
  { title: 'RATE', align: 'right' as const },
  { title: 'ETA', align: 'right' as const },
  { title: 'SEEN', align: 'right' as const },
  { title: 'DRIVEN BY' },
];

/** One line a run; below it, when nobody drives it, the command that takes it up again. */
export function renderRunList(runs: readonly RunDocument[], screen: Screen, nowMs: number): string[] {
  return renderTable(
    columns,
    runs.map((run) => renderRun(run, nowMs)),
    screen,
  );
}

function renderRun(run: RunDocument, nowMs: number): Row {
  const live = !isResult(run.state);
  const progress = run.progress;
  return {
    cells: [
      run.id,
      workOf(run),
      hostsOf(run),
      describeState(run),
      describeHealth(run.health),
      progress === null ? '' : formatSteps(progress.step, progress.of),
      progress === null || !live ? '' : formatRate(progress.ratePerSecond),
      progress === null || !live ? '' : formatEta(progress.etaSeconds),
      formatAge(run.observedAt, nowMs),
      run.controller === null ? '' : `${run.controller.user}@${run.controller.host}`,
    ],
    notes: [
      ...(isUndriven(run) ? [describeUndriven(run)] : []),
      ...(live && run.reachability.nextTryAt !== null ? [`the host is ${describeReachability(run, nowMs)}`] : []),
    ],
  };
}
