import type { Monitor } from './playbook.ts';
import type { Reader } from './reader.ts';
import { earlierRunsSchema, referencesSchema } from './schema.ts';
import { partAt, take } from './sections.ts';

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
