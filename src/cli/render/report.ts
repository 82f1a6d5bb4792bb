import { rfc3339 } from '../../clock.ts';
import type { RunDocument } from '../../store/run-document.ts';
import type { EventRecord } from '../../store/records.ts';
import { printable } from './printable.ts';
import { formatMoney, formatSeconds, formatSteps } from './quantities.ts';
import { describeState, hostsOf } from './run-words.ts';

export interface Report {
  run: RunDocument;
  /** Names alone: a report holds no value of the environment. */
  environment: string[];
  events: Pick<EventRecord, 'at' | 'kind' | 'text'>[];
}

/** Markdown: what was expected beside what was observed, and what happened when. */
export function renderReport({ run, environment, events }: Report): string[] {
  const waivers = run.checks.flatMap(({ name, waiver }) =>
    waiver === null ? [] : [[name, waiver.reason, waiver.by, waiver.at]],
  );
  const checks = run.checks.map((check) => [
    check.phase,
    check.name,
    check.waiver === null ? (check.result ?? 'not settled') : 'waived',
    check.expected,
    check.observed,
    check.seconds === null ? null : formatSeconds(check.seconds),
  ]);
  const criteria = run.criteria.map((criterion) => [
    criterion.name,
    criterion.verdict,
    criterion.severity,
    criterion.expected,
    criterion.observed,
    criterion.message,
  ]);
  const flags = run.flags.map((flag) => [flag.color, String(flag.count), flag.firstAt, flag.text, flag.hint]);
  const workers = run.workers.map((worker) => [
    `${worker.host}/${worker.index}`,
    worker.role,
    worker.state,
    worker.exitCode === null ? null : String(worker.exitCode),
  ]);
  return [
    `# ${escape(run.playbook)} on ${escape(hostsOf(run))}: ${describeState(run).text}`,
    '',
    ...summarize(run).map(([name, value]) => `- ${name}: ${escape(value)}`),
    ...section('Checks', ['Phase', 'Name', 'Result', 'Expected', 'Observed', 'Time'], checks),
    ...section('Waivers', ['Check', 'Reason', 'By', 'At'], waivers),
    ...section('Criteria', ['Name', 'Verdict', 'Severity', 'Expected', 'Observed', 'Message'], criteria),
    ...section('Flags', ['Flag', 'Count', 'First seen', 'Text', 'Hint'], flags),
    ...section('Workers', ['Worker', 'Role', 'State', 'Exit status'], workers),
    ...list('Environment (names only)', environment.map(escape)),
    ...list(
      'Events',
      events.map((event) => `${rfc3339(event.at)} ${escape(event.text)}`),
    ),
  ];
}

function summarize(run: RunDocument): [name: string, value: string][] {
  const { outcome, cost, progress } = run;
  const rows: [string, string | null][] = [
    ['Run', run.id],
    ['Verdict', run.verdict],
    ['Outcome', outcome === null ? 'none yet' : describeState(run).text],
    ['Message', run.message],
    ['Exit status', outcome?.exitCode === undefined || outcome.exitCode === null ? null : String(outcome.exitCode)],
    ['Degraded', outcome?.degraded === true ? 'yes' : null],
    ['Attempts', String(run.attempt)],
    ['Progress', progress === null ? null : formatSteps(progress.step, progress.of)],
    ['Health', run.health],
    [
      'Cost',
      cost === null ? null : `${formatMoney(cost.spent, cost.currency)}, at ${formatMoney(cost.perHour, cost.currency)} an hour`,
    ],
    ['Created', run.createdAt],
    ['Started', run.startedAt],
    ['Ended', run.endedAt],
    ['Last seen', run.observedAt],
  ];
  return rows.flatMap(([name, value]) => (value === null ? [] : [[name, value] as [string, string]]));
}

function section(title: string, columns: string[], rows: (string | null)[][]): string[] {
  if (rows.length === 0) return [];
  const lines = [columns, columns.map(() => '---'), ...rows.map((row) => row.map((cell) => escape(cell ?? '')))];
  return ['', `## ${title}`, '', ...lines.map((cells) => `| ${cells.join(' | ')} |`)];
}

function list(title: string, items: string[]): string[] {
  return items.length === 0 ? [] : ['', `## ${title}`, '', ...items.map((item) => `- ${item}`)];
}

/** Text from a host stays text: no table cell, tag or link of its own. */
function escape(text: string): string {
  return printable(text).replace(/[\\|`<>[\]*_]/g, '\\$&');
}
