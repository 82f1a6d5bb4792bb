import type { SweepRun } from './playbook.ts';
import type { Reader } from './reader.ts';
import { sweepSchema } from './schema.ts';
import { entriesAt, take } from './sections.ts';

/** Named lists of points. `points` are the names that the file has. */
export function readSweeps(reader: Reader, playbook: unknown, points: readonly string[]): Record<string, SweepRun[]> {
  const sweeps = entriesAt(playbook, 'sweeps').flatMap(([name, value]) => {
    const file = take(sweepSchema, value);
    if (file === null) return [];
    const names = new Set<string>();
    const runs = file.map((item, index) => {
      const { point, 'run-name': given } = typeof item === 'string' ? { point: item } : item;
      const runName = given ?? point;
      const path = ['sweeps', name, index];
      const pointAt = typeof item === 'string' ? path : [...path, 'point'];
      if (!points.includes(point)) reader.reportUnknown(pointAt, 'point', point, points);
      if (names.has(runName)) {
        const message = `a second run of this sweep is called ${JSON.stringify(runName)}`;
        reader.report(given === undefined ? path : [...path, 'run-name'], message, {
          suggestion: 'give each its own "run-name"',
        });
      }
      names.add(runName);
      return { point, runName };
    });
    return [[name, runs] as const];
  });
  return Object.fromEntries(sweeps);
}
