import { isWithin, type Range } from '../../language/range.ts';
import { formatDuration } from '../../language/units.ts';
import type { ResolvedPlaybook } from '../../playbook/playbook.ts';
import type { RunDocument } from '../../store/run-document.ts';
import { formatMoney } from '../render/quantities.ts';
import type { Comparison } from './report.ts';

type Planned = Pick<ResolvedPlaybook, 'work' | 'budget'>;

/** Expected against actual: the figures of the playbook first, then its criteria. */
export function compareFigures(run: RunDocument, planned: Planned): Comparison[] {
  return [
    ...compareSteps(run),
    ...compareThroughput(run, planned),
    ...compareDuration(run, planned),
    ...compareCost(run, planned),
    ...run.criteria.map(({ name, verdict, expected, observed, message }) => ({
      name,
      expected: expected ?? '',
      actual: [observed ?? 'nothing', ...(message === null ? [] : [message])].join('; '),
      met: verdict === 'met' ? true : verdict === 'violated' ? false : null,
    })),
  ];
}

function compareSteps({ progress }: RunDocument): Comparison[] {
  if (progress?.of == null) return [];
  const { step, of } = progress;
  return [
    { name: 'steps', expected: String(of), actual: step === null ? 'none seen' : String(step), met: step !== null && step >= of },
  ];
}

/** Over the whole run, what it took to start and to save included. */
function compareThroughput(run: RunDocument, { work }: Planned): Comparison[] {
  const seconds = secondsOf(run);
  const step = run.progress?.step ?? null;
  if (work?.throughput == null || work.tokensPerStep === null || seconds === null || seconds === 0 || step === null) return [];
  const perSecond = (step * work.tokensPerStep) / seconds;
  return [compare('tokens per second', work.throughput, perSecond, (value) => String(Number(value.toPrecision(3))))];
}

function compareDuration(run: RunDocument, { work }: Planned): Comparison[] {
  const seconds = secondsOf(run);
  if (work?.duration == null || seconds === null || run.endedAt === null) return [];
  return [compare('duration', work.duration, seconds, (value) => formatDuration(Math.round(value)))];
}

function compareCost({ cost }: RunDocument, { budget }: Planned): Comparison[] {
  if (cost === null || budget?.cost == null) return [];
  const { currency, spent } = cost;
  return [
    {
      name: 'cost',
      expected: `at most ${formatMoney(budget.cost, currency)}`,
      actual: formatMoney(spent, currency),
      met: spent <= budget.cost,
    },
  ];
}

function compare(name: string, expected: Range, value: number, show: (value: number) => string): Comparison {
  return { name, expected: expected.text, actual: show(value), met: isWithin(expected, value) };
}

/** From the start of the job to its end, or to the last look at it. */
function secondsOf({ startedAt, endedAt, observedAt }: RunDocument): number | null {
  const end = endedAt ?? observedAt;
  return startedAt === null || end === null ? null : Math.max(0, Date.parse(end) - Date.parse(startedAt)) / 1000;
}
