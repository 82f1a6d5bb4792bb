import { formatDuration } from '../../language/units.ts';
import { placeEntries, type Finding, type Planned } from './finding.ts';
import { addExpectedTimes, spanOfRun } from './run-span.ts';

/** Expected times against their stages, and all of it against the time that there is. */
export function lintBudget(planned: Planned): Finding[] {
  return [...lintStages(planned), ...lintStageSum(planned), ...lintTime(planned)];
}

function lintStages(planned: Planned): Finding[] {
  const entries = placeEntries(planned, ['prepare', 'validate', 'verify']).map(({ entry }) => entry);
  return (planned.stages ?? []).flatMap(({ name, seconds }) => {
    const sum = addExpectedTimes(entries.filter(({ stage }) => stage === name));
    if (sum <= seconds) return [];
    return [
      {
        path: ['stages', name],
        message: `its entries are expected to take ${formatDuration(sum)} together, and it has ${formatDuration(seconds)}`,
        suggestion: 'give the stage more time, or its entries less',
      },
    ];
  });
}

function lintStageSum({ stages = [], budget }: Planned): Finding[] {
  const [sum, time] = [stages.reduce((total, { seconds }) => total + seconds, 0), budget?.seconds ?? null];
  if (time === null || sum <= time) return [];
  return [
    {
      path: ['budget', 'time'],
      message: `the ${stages.length} stages add up to ${formatDuration(sum)}, and there is ${formatDuration(time)} for all of them`,
      suggestion: 'raise the budget, or shorten a stage',
    },
  ];
}

/** Even the shortest run is too long. */
function lintTime(planned: Planned): Finding[] {
  const [time, run] = [planned.budget?.seconds ?? null, spanOfRun(planned)];
  if (time === null || run.low <= time) return [];
  return [
    {
      path: ['budget', 'time'],
      message: `${run.text}, and there is ${formatDuration(time)} for preflight and launch together`,
      suggestion: 'raise the budget, or do less',
    },
  ];
}
