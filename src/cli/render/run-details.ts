import { isResult } from '../../lifecycle/states.ts';
import type { RunDocument } from '../../store/run-document.ts';
import type { EventRecord } from '../../store/records.ts';
import type { Screen } from '../screen.ts';
import { renderAttempts } from './attempts.ts';
import { describeCheckpoints, type BestMode } from './checkpoints.ts';
import { renderChecks, renderVerdict } from './checks.ts';
import { renderCriteria } from './criteria.ts';
import { renderDuties } from './duties.ts';
import { renderEvents } from './events.ts';
import { renderOutcome } from './outcome.ts';
import { printable } from './printable.ts';
import { formatAge, formatEta, formatMoney, formatRate, formatSteps } from './quantities.ts';
import {
  describeController,
  describeHealth,
  describeReachability,
  describeState,
  describeUndriven,
  hostsOf,
  isUndriven,
  workOf,
} from './run-words.ts';
import { renderTable, type Cell } from './table.ts';

/** Null is left out. */
type Field = [name: string, value: string | Cell | null];

/** All that is known of one run, on one screen. `events` are its last ones. */
export function renderRunDetails(
  run: RunDocument,
  { events, bestMode }: { events: readonly EventRecord[]; bestMode: BestMode },
  screen: Screen,
  nowMs: number,
): string[] {
  const blocks = [
    renderFields(fieldsOf(run, bestMode, nowMs), screen),
    isUndriven(run) ? [screen.paint('yellow', describeUndriven(run))] : [],
    renderWorkers(run, screen),
    renderAttempts(run.attempts, screen),
    [...renderChecks(run.checks, screen), ...renderVerdict(run.verdict, run.checks, screen)],
    renderCriteria(run.criteria, screen),
    renderFlags(run, screen),
    renderDuties(run.duties, screen),
    renderEvents(events, screen),
    renderOutcome(run, screen),
  ];
  return blocks.filter((block) => block.length > 0).flatMap((block, index) => (index === 0 ? block : ['', ...block]));
}

function fieldsOf(run: RunDocument, bestMode: BestMode, nowMs: number): Field[] {
  return [
    ['run', run.id],
    ['kind', run.kind],
    ['playbook', workOf(run)],
    ['host', hostsOf(run)],
    ['attempt', String(run.attempt)],
    ['state', describeState(run)],
    ['message', run.message],
    ['health', describeHealth(run.health)],
    ['host is', describeReachability(run, nowMs)],
    ['evidence', isResult(run.state) ? null : run.evidence],
    ['last seen', run.observedAt === null ? 'never' : `${run.observedAt} (${formatAge(run.observedAt, nowMs)})`],
    ['driven by', describeController(run)],
    ['progress', describeProgress(run)],
    ['saved', describeCheckpoints(run.checkpoints, bestMode)],
    ['cost', describeCost(run)],
    ['created', run.createdAt],
    ['started', run.startedAt],
    ['ended', run.endedAt],
  ];
}

function describeProgress(run: RunDocument): string | null {
  if (run.progress === null) return null;
  const { step, of, ratePerSecond, etaSeconds } = run.progress;
  const eta = isResult(run.state) ? '' : `, ${formatEta(etaSeconds)} to go`;
  return `${formatSteps(step, of)}, ${formatRate(ratePerSecond)}${eta}`;
}

function describeCost(run: RunDocument): string | null {
  if (run.cost === null) return null;
  const { spent, perHour, currency } = run.cost;
  return `${formatMoney(spent, currency)}, at ${formatMoney(perHour, currency)} an hour`;
}

function renderFields(fields: Field[], screen: Screen): string[] {
  return fields.flatMap(([name, value]) => {
    if (value === null) return [];
    const { text, color } = typeof value === 'string' ? { text: value, color: undefined } : value;
    const shown = printable(text);
    return [`${screen.paint('dim', name.padEnd(10))}${color === undefined ? shown : screen.paint(color, shown)}`];
  });
}

function renderWorkers(run: RunDocument, screen: Screen): string[] {
  const columns = [
    { title: 'WORKER' },
    { title: 'ROLE' },
    { title: 'ADDRESS' },
    { title: 'STATE' },
    { title: 'PID' },
    { title: 'EXIT' },
  ];
  const rows = run.workers.map((worker) => ({
    cells: [
      `${worker.host}/${worker.index}`,
      worker.role,
      worker.address ?? '',
      worker.state,
      worker.pid === null ? '' : String(worker.pid),
      worker.exitCode === null ? '' : String(worker.exitCode),
    ],
  }));
  return rows.length === 0 ? [] : renderTable(columns, rows, screen);
}

function renderFlags(run: RunDocument, screen: Screen): string[] {
  if (run.flags.length === 0) return [];
  const columns = [{ title: 'FLAG' }, { title: 'COUNT', align: 'right' as const }, { title: 'FIRST SEEN' }, { title: 'TEXT' }];
  const rows = run.flags.map((flag) => ({
    cells: [{ text: flag.color, color: flag.color }, String(flag.count), flag.firstAt, describeFlag(flag)],
  }));
  return renderTable(columns, rows, screen);
}

function describeFlag({ text, hint }: RunDocument['flags'][number]): string {
  return hint === null ? text : `${text} (${hint})`;
}
