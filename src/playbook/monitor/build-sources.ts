import type { FindSeries } from './build-criterion.ts';
import type { Monitor } from './monitor.ts';
import type { Reader } from '../reader.ts';
import { aliasesSchema, earlierRunsSchema, referencesSchema } from './monitor-schema.ts';
import { partAt, take } from '../sections.ts';

export function buildReferences(reader: Reader, playbook: unknown, metrics: readonly string[]): string[] {
  const path = ['monitor', 'references'];
  const names = take(referencesSchema, partAt(playbook, ...path)) ?? [];
  for (const [index, name] of names.entries()) {
    if (!metrics.includes(name)) reader.reportUnknown([...path, index], 'metric source', name, metrics);
  }
  return names;
}

export function buildEarlierRuns(
  reader: Reader,
  playbook: unknown,
  metrics: readonly string[],
): NonNullable<Monitor['earlierRuns']> {
  const path = ['monitor', 'earlier-runs'];
  const file = take(earlierRunsSchema, partAt(playbook, ...path)) ?? {};
  return Object.entries(file).map(([name, { run, metric }]) => {
    if (metrics.includes(name))
      reader.report([...path, name], `a metric source is called ${JSON.stringify(name)}, too`, { part: 'key' });
    return { name, run: run.trim(), metric };
  });
}

export function buildAliases(reader: Reader, playbook: unknown, findSeries: FindSeries): Record<string, string[]> {
  const path = ['monitor', 'aliases'];
  const file = take(aliasesSchema, partAt(playbook, ...path)) ?? {};
  for (const [name, others] of Object.entries(file)) {
    const [source = '', column = '', ...rest] = name.split('.');
    if (source === '' || column === '' || rest.length > 0)
      reader.report([...path, name], `expected a series written source.column, got ${JSON.stringify(name)}`, { part: 'key' });
    else findSeries([...path, name], source, [column, ...others]);
  }
  return file;
}
