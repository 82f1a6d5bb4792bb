import { formatDuration } from '../../language/units.ts';
import type { YamlPath } from '../../yaml.ts';
import type { Finding, Planned } from './finding.ts';
import { describeSpan, describeTime, spanOfJob, spanOfStep } from './spans.ts';

/** Limits of time that a job which is well does not keep. */
export function lintPatience(planned: Planned): Finding[] {
  return [...lintTimeLimit(planned), ...lintGang(planned), ...lintStalls(planned), ...lintSlowPhases(planned)];
}

function lintTimeLimit(planned: Planned): Finding[] {
  const limit = planned.launch?.timeLimitSeconds ?? null;
  const shortest = [spanOfJob(planned), statedSpan(planned)].find(
    (span) => limit !== null && span !== null && (span.low ?? 0) > limit,
  );
  if (limit === null || !shortest) return [];
  return [
    {
      path: ['launch', 'time-limit'],
      message: `${shortest.text} ${describeTime(shortest.low ?? 0)} at the least, and the guard stops the job after ${formatDuration(limit)}`,
      suggestion: 'raise the limit, or do less',
    },
  ];
}

/** The barrier at the start is longer than all that the job may take. */
function lintGang({ gang, launch }: Planned): Finding[] {
  const limit = launch?.timeLimitSeconds ?? null;
  if (!gang || limit === null || gang.withinSeconds <= limit) return [];
  return [
    {
      path: ['gang', 'within'],
      message: `the workers have ${formatDuration(gang.withinSeconds)} to be ready, and the guard stops the job after ${formatDuration(limit)}`,
      suggestion: 'give them less, or raise launch.time-limit',
    },
  ];
}

function statedSpan({ work }: Planned): { low: number | null; text: string } | null {
  return work?.duration ? { low: work.duration.low, text: 'the job takes' } : null;
}

/** A stall is told by steps, or by lines of a file that has one for a step. */
function lintStalls(planned: Planned): Finding[] {
  const { monitor, launch } = planned;
  const step = spanOfStep(planned);
  const longest = step?.high ?? step?.low ?? null;
  if (step === null || longest === null) return [];
  const watched = monitor?.stall ?? null;
  const guarded = launch?.guard?.stall ?? null;
  const hasStep = monitor?.metrics.some(
    (source) => source.kind !== 'accelerators' && source.path === guarded?.file && source.step !== null,
  );
  const limits: { path: YamlPath; seconds: number }[] = [
    ...(watched === null
      ? []
      : [
          ...(watched.learns === true ? [] : [{ path: ['monitor', 'stall', 'no-progress'], seconds: watched.noProgressSeconds }]),
          { path: ['monitor', 'stall', 'first-step'], seconds: watched.firstStepSeconds },
        ]),
    ...(guarded === null || hasStep !== true
      ? []
      : [{ path: ['launch', 'guard', 'stall', 'no-new-line'], seconds: guarded.noNewLineSeconds }]),
  ];
  return limits
    .filter(({ seconds }) => seconds < longest)
    .map(({ path, seconds }) => ({
      path,
      message: `${step.text} ${describeSpan(step)}, and a job without one for ${formatDuration(seconds)} counts as stalled`,
      suggestion: 'give it the time of several steps',
    }));
}

/** A phase that allows no more than any other time. */
function lintSlowPhases({ monitor }: Planned): Finding[] {
  const stall = monitor?.stall ?? null;
  if (stall === null || stall.learns === true) return [];
  return (stall.slow ?? []).flatMap(({ name, allowSeconds }, index) =>
    allowSeconds > stall.noProgressSeconds
      ? []
      : [
          {
            path: ['monitor', 'stall', 'slow', index, 'allow'],
            message: `"${name}" is allowed ${formatDuration(allowSeconds)}, and every other time without progress ${formatDuration(stall.noProgressSeconds)}`,
            suggestion: 'allow more, or leave it out',
          },
        ],
  );
}
