import type { Problem } from '../../problem.ts';
import type { Playbook } from '../read-playbook.ts';

/** A point that a sweep runs more than once: to repeat it may be meant. */
export function lintSweeps({ document, sweeps }: Pick<Playbook, 'document' | 'sweeps'>): Problem[] {
  return Object.entries(sweeps).flatMap(([name, runs]) =>
    runs.flatMap(({ point, runName }, index) => {
      const earlier = runs.slice(0, index).find((run) => run.point === point);
      if (earlier === undefined) return [];
      const message = `"${runName}" is the same experiment as "${earlier.runName}": both are point "${point}"`;
      const suggestion = 'leave one out, unless it is to be repeated';
      return [document.problem(['sweeps', name, index], message, { suggestion, severity: 'note' })];
    }),
  );
}
