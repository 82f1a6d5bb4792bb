import type { Range } from '../../language/range.ts';
import { formatDuration } from '../../language/units.ts';
import type { Built } from '../build-playbook.ts';

/** From how many to how many seconds, as far as the playbook says so. */
export interface Span {
  low: number | null;
  high: number | null;
  /** What takes so long, as the beginning of a sentence. */
  text: string;
}

export function countSteps({ work, monitor }: Built): number | null {
  return work?.steps ?? targetSteps(monitor);
}

/** What progress is measured against, where that is steps and not, say, epochs. */
export function targetSteps(monitor: Built['monitor']): number | null {
  const { progress = null, metrics = [] } = monitor ?? {};
  const source = metrics.find(({ name }) => name === progress?.source);
  const isStep = source !== undefined && source.kind !== 'accelerators' && source.step === progress?.column;
  return isStep ? (progress?.of ?? null) : null;
}

/** One step: as it is said, else its tokens over the throughput. */
export function spanOfStep({ work }: Built): Span | null {
  if (work?.timePerStep) return { ...endsOf(work.timePerStep), text: 'a step takes' };
  return spanOfTokens(work);
}

export function spanOfTokens(work: Built['work']): Span | null {
  const { tokensPerStep, throughput } = work ?? {};
  if (!tokensPerStep || !throughput) return null;
  return {
    low: throughput.high !== null && throughput.high > 0 ? tokensPerStep / throughput.high : null,
    high: throughput.low !== null && throughput.low > 0 ? tokensPerStep / throughput.low : null,
    text: `a step of ${tokensPerStep} tokens at ${throughput.text} tokens/s takes`,
  };
}

/** All steps together: the sum, whatever the playbook says of its duration. */
export function spanOfSteps(built: Built): Span | null {
  const [steps, step] = [countSteps(built), spanOfStep(built)];
  if (steps === null || step === null || (step.low === null && step.high === null)) return null;
  const { timePerStep = null, tokensPerStep, throughput } = built.work ?? {};
  const each =
    timePerStep === null ? `of ${tokensPerStep} tokens at ${throughput?.text} tokens/s` : `of ${timePerStep.text} each`;
  const times = (seconds: number | null) => (seconds === null ? null : steps * seconds);
  return { low: times(step.low), high: times(step.high), text: `${steps} steps ${each} take` };
}

/** How long the job takes: the sum, else what the playbook says. */
export function spanOfJob(built: Built): Span | null {
  const stated = built.work?.duration ?? null;
  return spanOfSteps(built) ?? (stated === null ? null : { ...endsOf(stated), text: 'the job takes' });
}

/** `43 to 53 days`, `at least 15h`. */
export function describeSpan({ low, high }: Pick<Span, 'low' | 'high'>): string {
  if (low === null || high === null) {
    const end = low ?? high;
    return end === null ? 'any time' : `${low === null ? 'at most' : 'at least'} ${describeTime(end)}`;
  }
  const day = 86_400;
  if (low >= 2 * day && Math.round(low / day) !== Math.round(high / day))
    return `${Math.round(low / day)} to ${Math.round(high / day)} days`;
  const [shortest, longest] = [describeTime(low), describeTime(high)];
  return shortest === longest ? shortest : `${shortest} to ${longest}`;
}

export function describeTime(seconds: number): string {
  const days = seconds / 86_400;
  return days < 2 ? formatDuration(seconds) : `${Math.round(days)} days`;
}

/** Whether no value can be in both. */
export function areApart(left: Pick<Range, 'low' | 'high'>, right: Pick<Range, 'low' | 'high'>): boolean {
  return isAbove(left, right) || isAbove(right, left);
}

function isAbove(left: Pick<Range, 'low' | 'high'>, right: Pick<Range, 'low' | 'high'>): boolean {
  return left.low !== null && right.high !== null && left.low > right.high;
}

function endsOf({ low, high }: Range): { low: number | null; high: number | null } {
  return { low, high };
}
