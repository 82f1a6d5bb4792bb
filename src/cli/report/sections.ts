import { rfc3339 } from '../../clock.ts';
import { formatSize } from '../../language/units.ts';
import type { RunDocument } from '../../store/run-document.ts';
import { formatMoney, formatSeconds, formatSteps } from '../render/quantities.ts';
import { describeState } from '../render/run-words.ts';
import type { Plot } from './read-plots.ts';
import type { Report } from './report.ts';

type Cells = (string | null)[];

/** A part of a report. `word` is the column whose words say how it went. */
export type Section = { title: string } & (
  { kind: 'table'; columns: string[]; rows: Cells[]; word: number | null } | { kind: 'plots'; plots: Plot[] }
);

/** In the order in which a report is read; what there is nothing of is left out. */
export function describeSections(report: Report): Section[] {
  const { run } = report;
  const sections: Section[] = [
    table(
      'Expected against actual',
      ['What', 'Expected', 'Actual', 'Met'],
      report.comparisons.map(({ name, expected, actual, met }) => [
        name,
        expected,
        actual,
        met === null ? 'unknown' : met ? 'yes' : 'no',
      ]),
      3,
    ),
    table('Run', ['', ''], summarize(report)),
    table(
      'Attempts',
      ['Attempt', 'Profile', 'Begun', 'Because', 'From', 'Last step', 'Ended'],
      run.attempts.map((attempt) => [
        String(attempt.attempt),
        attempt.profile,
        attempt.begunAt,
        attempt.because,
        attempt.checkpoint,
        attempt.lastStep === null ? null : String(attempt.lastStep),
        attempt.ending === null ? attempt.endedAt : `${attempt.endedAt ?? ''} ${attempt.ending.text}`.trim(),
      ]),
    ),
    table(
      'Checks',
      ['Phase', 'Name', 'Result', 'Expected', 'Observed', 'Time'],
      run.checks.map((check) => [
        check.phase,
        check.name,
        check.waiver === null ? (check.result ?? 'not settled') : 'waived',
        check.expected,
        [check.observed, check.message].filter((text) => text !== null).join('; '),
        check.seconds === null ? null : formatSeconds(check.seconds),
      ]),
      2,
    ),
    table(
      'Waivers',
      ['Check', 'Reason', 'By', 'At'],
      report.waivers.map(({ check, reason, by, at }) => [check, reason, by, at]),
    ),
    table(
      'Sign-offs',
      ['Asked', 'Answer', 'By', 'How', 'At'],
      report.signOffs.map(({ check, value, by, how, at }) => [check, String(value), by, how, at]),
    ),
    table(
      'Criteria',
      ['Name', 'Verdict', 'Severity', 'Expected', 'Observed', 'Message'],
      run.criteria.map((criterion) => [
        criterion.name,
        criterion.verdict,
        criterion.severity,
        criterion.expected,
        criterion.observed,
        criterion.message,
      ]),
      1,
    ),
    { title: 'Metrics', kind: 'plots', plots: report.plots },
    table(
      'Duties',
      ['Duty', 'Due', 'State', 'Seen', 'By', 'At'],
      run.duties.map((duty) => [
        duty.name,
        duty.dueAt === null ? duty.due : `${duty.due} (${duty.dueAt})`,
        duty.state,
        duty.message ?? duty.observed,
        duty.by,
        duty.at,
      ]),
      2,
    ),
    table(
      'Flags',
      ['Flag', 'Count', 'First seen', 'Last seen', 'Text', 'Hint'],
      run.flags.map((flag) => [
        flag.expected ? `${flag.color}, expected` : flag.color,
        String(flag.count),
        flag.firstAt,
        flag.lastAt,
        flag.text,
        flag.hint,
      ]),
      0,
    ),
    table(
      'Checkpoints',
      ['Checkpoint', 'Step', 'Size', 'State', 'Back-up', 'Message'],
      run.checkpoints.map((checkpoint) => [
        checkpoint.path,
        checkpoint.step === null ? null : String(checkpoint.step),
        formatSize(checkpoint.size),
        checkpoint.state,
        checkpoint.backUp,
        checkpoint.message,
      ]),
      3,
    ),
    table(
      'Workers',
      ['Worker', 'Role', 'State', 'Exit status'],
      run.workers.map((worker) => [
        `${worker.host}/${worker.index}`,
        worker.role,
        worker.state,
        worker.exitCode === null ? null : String(worker.exitCode),
      ]),
    ),
    table(
      `Host, as it was at ${report.facts?.at ?? ''}`,
      ['', ''],
      (report.facts?.rows ?? []).map(({ name, value }) => [name, value]),
    ),
    table(
      'Environment',
      ['Name', 'Value'],
      report.environment.map(({ name, value }) => [name, value ?? 'not shown']),
    ),
    table(
      'Timeline',
      ['At', 'What'],
      report.events.map(({ at, text }) => [rfc3339(at), text]),
    ),
  ];
  return sections.filter((section) => (section.kind === 'table' ? section.rows : section.plots).length > 0);
}

function table(title: string, columns: string[], rows: Cells[], word: number | null = null): Section {
  return { title, kind: 'table', columns, rows, word };
}

function summarize({ run, description }: Report): Cells[] {
  const { outcome, cost, progress } = run;
  const rows: [name: string, value: string | null][] = [
    ['Run', run.id],
    ['What', description],
    ['Verdict', run.verdict],
    ['Outcome', outcome === null ? 'none yet' : describeState(run).text],
    ['Message', run.message],
    ['Exit status', outcome?.exitCode == null ? null : String(outcome.exitCode)],
    ['Degraded', outcome?.degraded === true ? 'yes' : null],
    ['Profile', run.profile],
    ['Attempts', String(run.attempt)],
    ['Progress', progress === null ? null : formatSteps(progress.step, progress.of)],
    ['Health', run.health],
    ['Cost', describeCost(cost)],
    ['Created', run.createdAt],
    ['Started', run.startedAt],
    ['Ended', run.endedAt],
    ['Last seen', run.observedAt],
  ];
  return rows.filter(([, value]) => value !== null);
}

function describeCost(cost: RunDocument['cost']): string | null {
  if (cost === null) return null;
  return `${formatMoney(cost.spent, cost.currency)}, at ${formatMoney(cost.perHour, cost.currency)} an hour`;
}
