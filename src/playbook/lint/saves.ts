import type { YamlPath } from '../../yaml.ts';
import type { Finding, Planned } from './finding.ts';

const interval = /(^|[._-])(save|checkpoint|ckpt)[._-]?(every|interval|steps|freq|frequency)([._-](n[._-])?(steps|epochs))?$/i;

/** A job that is told never to save. */
export function lintSaves({ params, prepare, validate, verify }: Planned): Finding[] {
  const expectations = Object.entries({ prepare, validate, verify }).flatMap(([phase, entries]) =>
    entries.flatMap(({ deed }, index) =>
      deed.kind === 'config'
        ? Object.entries(deed.expect).map(([key, value]) => ({ path: [phase, index, 'config', 'expect', key], key, value }))
        : [],
    ),
  );
  const values: { path: YamlPath; key: string; value: unknown }[] = [
    ...Object.entries(params).map(([key, value]) => ({ path: ['params', key, 'default'], key, value })),
    ...expectations,
  ];
  return values.flatMap(({ path, key, value }) => {
    if (!interval.test(key) || typeof value !== 'number' || value > 0) return [];
    return [
      {
        path,
        message: `"${key}" is ${value}: the job never saves`,
        suggestion: 'give the number of steps between two checkpoints',
      },
    ];
  });
}
