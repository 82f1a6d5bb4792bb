import { placeExpectations, type Finding, type Planned } from './finding.ts';

const interval = /(^|[._-])(save|checkpoint|ckpt)[._-]?(every|interval|steps|freq|frequency)([._-](n[._-])?(steps|epochs))?$/i;

/** A job that is told never to save. */
export function lintSaves(planned: Planned): Finding[] {
  const params = Object.entries(planned.params).map(([key, value]) => ({ path: ['params', key, 'default'], key, value }));
  return [...params, ...placeExpectations(planned)].flatMap(({ path, key, value }) => {
    if (!interval.test(key) || typeof value !== 'number' || value > 0) return [];
    const message = `"${key}" is ${value}: the job never saves`;
    return [{ path, message, suggestion: 'give the number of steps between two checkpoints' }];
  });
}
