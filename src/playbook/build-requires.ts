import { parseVersionCondition } from '../language/version.ts';
import type { YamlPath } from '../yaml.ts';
import type { Reader } from './reader.ts';
import type { Requirements } from './requires.ts';
import { requiresSchema } from './requires-schema.ts';
import { takeSound } from './sections.ts';

/** What the host must have, for the whole playbook or for one entry. */
export function buildRequires(reader: Reader, path: YamlPath, value: unknown): Requirements | null {
  const file = takeSound(requiresSchema, value);
  if (file === null) return null;
  for (const key of ['python', 'driver'] as const) {
    const condition = file[key];
    if (condition !== undefined) reader.read([...path, key], () => parseVersionCondition(condition), null);
  }
  const { accelerators, disk } = file;
  return {
    accelerators:
      accelerators === undefined
        ? null
        : {
            vendor: accelerators.vendor ?? null,
            model: accelerators.model ?? null,
            count: accelerators.count ?? null,
            memory:
              accelerators.memory === undefined ? null : reader.size([...path, 'accelerators', 'memory'], accelerators.memory),
          },
    python: file.python ?? null,
    driver: file.driver ?? null,
    disk: disk === undefined ? null : { path: disk.path ?? '.', free: reader.size([...path, 'disk', 'free'], disk.free) },
  };
}
