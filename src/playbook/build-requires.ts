import { parseEndpoint } from '../language/endpoint.ts';
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
  for (const key of ['python', 'driver', 'cuda', 'rocm'] as const) {
    const condition = file[key];
    if (condition !== undefined) reader.read([...path, key], () => parseVersionCondition(condition), null);
  }
  const { accelerators, disk, tools = [], network = [] } = file;
  tools.forEach((tool, index) => {
    if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(tool))
      reader.report([...path, 'tools', index], `expected the name of a program, got ${JSON.stringify(tool)}`);
  });
  network.forEach((endpoint, index) => reader.read([...path, 'network', index], () => parseEndpoint(endpoint), null));
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
    cuda: file.cuda ?? null,
    rocm: file.rocm ?? null,
    disk:
      disk === undefined
        ? null
        : { path: disk.path ?? '.', free: reader.size([...path, 'disk', 'free'], disk.free), inodes: disk.inodes ?? null },
    memory: file.memory === undefined ? null : reader.size([...path, 'memory'], file.memory),
    cpus: file.cpus ?? null,
    tools,
    network,
  };
}
