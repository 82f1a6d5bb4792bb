import type { Finding, Planned } from './finding.ts';
import { areApart, describeSpan, spanOfSteps, spanOfTokens, targetSteps } from './spans.ts';

/** Figures of the work that cannot be true together. */
export function lintWork(planned: Planned): Finding[] {
  return [...lintDuration(planned), ...lintStepTime(planned), ...lintTarget(planned)];
}

function lintDuration(planned: Planned): Finding[] {
  const [sum, duration] = [spanOfSteps(planned), planned.work?.duration];
  if (sum === null || !duration || !areApart(sum, duration)) return [];
  return [
    {
      path: ['work', 'duration'],
      message: `${sum.text} ${describeSpan(sum)}, and the duration is given as ${duration.text}`,
      suggestion: 'correct the figure that is wrong',
    },
  ];
}

function lintStepTime({ work }: Planned): Finding[] {
  const [sum, timePerStep] = [spanOfTokens(work), work?.timePerStep];
  if (sum === null || !timePerStep || !areApart(sum, timePerStep)) return [];
  return [
    {
      path: ['work', 'time-per-step'],
      message: `${sum.text} ${describeSpan(sum)}, and its time is given as ${timePerStep.text}`,
      suggestion: 'correct the figure that is wrong',
    },
  ];
}

function lintTarget({ work, monitor }: Planned): Finding[] {
  const [steps, of] = [work?.steps ?? null, targetSteps(monitor)];
  if (steps === null || of === null || steps === of) return [];
  const effect = of > steps ? 'the run would never be complete' : 'the run would count as complete before its end';
  return [
    {
      path: ['monitor', 'progress', 'of'],
      message: `the work has ${steps} steps, and progress is measured against ${of}: ${effect}`,
      suggestion: 'give both the same number',
    },
  ];
}
