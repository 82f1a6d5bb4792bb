import type { z } from 'zod';
import { parseEndpoint } from '../language/endpoint.ts';
import type { Size } from '../language/units.ts';
import { parseVersionCondition } from '../language/version.ts';
import type { YamlPath } from '../yaml.ts';

import type { Reader } from './reader.ts';
import type { Requirements } from './requires.ts';
import { requiresSchema } from './requires-schema.ts';
import { takeSound } from './sections.ts';

type RequiresFile = z.infer<typeof requiresSchema>;

/** What stands at `path` of the file: of the whole playbook, or of one entry. Null when nothing is required. */
export function buildRequires(reader: Reader, path: YamlPath, value: unknown): Requirements | null {
  const file = takeSound(requiresSchema, value);
  if (file === null) return null;
  for (const key of ['driver', 'cuda', 'rocm', 'python'] as const) {
    const condition = file[key];
    if (condition !== undefined) reader.read([...path, key], () => parseVersionCondition(condition), null);
  }
  for (const [index, endpoint] of (file.network ?? []).entries())
    reader.read([...path, 'network', index], () => parseEndpoint(endpoint), null);
  const size = (keys: string[], text: string | undefined): Size | null =>
    text === undefined ? null : reader.size([...path, ...keys], text);
  return {
    accelerators: buildAccelerators(file.accelerators, size),
    driver: file.driver ?? null,
    cuda: file.cuda ?? null,
    rocm: file.rocm ?? null,
    python: file.python ?? null,
    disk: buildDisk(reader, path, file.disk),
    memory: size(['memory'], file.memory),
    cpus: file.cpus ?? null,
    tools: file.tools ?? [],
    network: file.network ?? [],
  };
}

function buildAccelerators(
  file: RequiresFile['accelerators'],
  size: (keys: string[], text: string | undefined) => Size | null,
): Requirements['accelerators'] {
  if (file === undefined) return null;
  return {
    vendor: file.vendor ?? null,
    model: file.model ?? null,
    count: file.count ?? null,
    memory: size(['accelerators', 'memory'], file.memory),
    topology: file.topology ?? null,
    chips: file.chips ?? null,
    workers: file.workers ?? null,
  };
}

function buildDisk(reader: Reader, path: YamlPath, file: RequiresFile['disk']): Requirements['disk'] {
  if (file === undefined) return null;
  return { path: file.path ?? '.', free: reader.size([...path, 'disk', 'free'], file.free), inodes: file.inodes ?? null };
}
