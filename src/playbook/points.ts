import { suggestName } from '../language/check-schema.ts';
import type { YamlDocument } from '../yaml.ts';
import { describeUnknownParam } from './params.ts';
import type { Point } from './playbook.ts';
import type { Reader } from './reader.ts';
import { pointSchema } from './schema.ts';
import { entriesAt, take } from './sections.ts';

/** In the order of the file. */
export function pointsOf(document: YamlDocument): string[] {
  return entriesAt(document.value, 'points').map(([name]) => name);
}

/** The params that a point gives, by name. */
export function paramsOfPoint(document: YamlDocument, point: string | null): Record<string, unknown> {
  return point === null ? {} : Object.fromEntries(entriesAt(document.value, 'points', point, 'params'));
}

/** The named experiments. Their values are held to the declarations where a variant of the playbook has them as its defaults. */
export function readPoints(reader: Reader, playbook: unknown): Record<string, Point> {
  const declared = Object.fromEntries(entriesAt(playbook, 'params'));
  const points = entriesAt(playbook, 'points').flatMap(([name, value]) => {
    const file = take(pointSchema, value);
    if (file === null) return [];
    const { description = null, params = {} } = file;
    for (const param of Object.keys(params).filter((one) => !Object.hasOwn(declared, one)))
      reader.report(['points', name, 'params', param], describeUnknownParam(param, declared), {
        part: 'key',
        suggestion: suggestName(param, Object.keys(declared)),
      });
    return [[name, { description, params }] as const];
  });
  return Object.fromEntries(points);
}
