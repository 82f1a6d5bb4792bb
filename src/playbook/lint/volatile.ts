import type { YamlPath } from '../../yaml.ts';
import { placeExpectations, type Finding, type Planned } from './finding.ts';
import { isUnder } from './folders.ts';

const fates: readonly { folder: string; fate: string }[] = [
  { folder: '/tmp', fate: 'is emptied when the machine starts again' },
  { folder: '/var/tmp', fate: 'is cleared of what is some weeks old' },
  { folder: '/dev/shm', fate: 'is memory, and gone when the machine stops' },
  { folder: '/run', fate: 'is memory, and gone when the machine stops' },
  { folder: '/var/run', fate: 'is memory, and gone when the machine stops' },
];

/** Names of what may well be lost. */
const passing = /tmp|temp|cache|scratch|sock|pid|lock|fifo|run(time)?_?dir/i;

interface Use {
  path: YamlPath;
  /** What lies there, for the message. */
  what: string;
  place: string;
  /** Whether `place` is files of a folder, and not the folder. */
  isFile?: boolean;
  severity?: 'note';
}

/** What is kept where a reboot, or the passing of time, takes it away. Each folder is told of once, for the most precious thing in it. */
export function lintVolatile(planned: Planned): Finding[] {
  const told = [...(planned.volatile ?? [])];
  return listUses(planned).flatMap(({ path, what, place, isFile = false, severity }) => {
    const lost = fates.find(({ folder }) => isUnder(place, folder));
    if (lost === undefined || told.some((folder) => isUnder(place, folder))) return [];
    const folder = isFile ? folderOf(place) : place;
    told.push(folder);
    const finding = {
      path,
      message: `${what} at ${place}: ${lost.folder} ${lost.fate}`,
      suggestion: `keep it elsewhere, or accept it with "volatile: [${folder}]" at the top`,
    };
    return [severity === undefined ? finding : { ...finding, severity }];
  });
}

/** The most precious first. */
function listUses(planned: Planned): Use[] {
  const { monitor, launch, workdir, params, env } = planned;
  const { checkpoints = null, metrics = [] } = monitor ?? {};
  return [
    ...(checkpoints === null
      ? []
      : [{ path: ['monitor', 'checkpoints', 'path'], what: 'checkpoints', place: checkpoints.path, isFile: true }]),
    { path: ['workdir'], what: 'the workdir', place: workdir },
    ...Object.entries(params).flatMap(([name, value]) => findNamed(['params', name, 'default'], name, value)),
    ...env.flatMap(({ name, value }) => ('text' in value ? findNamed(['env', name], name, value.text) : [])),
    ...placeExpectations(planned).flatMap(({ path, key, value }) => findNamed(path, key, value)),
    ...metrics.flatMap((source): Use[] => {
      if (source.kind === 'accelerators') return [];
      const path = ['monitor', 'metrics', source.name, source.kind === 'format' ? 'path' : source.kind];
      return [{ path, what: 'metrics', place: source.path, isFile: true, severity: 'note' }];
    }),
    ...(launch === null
      ? []
      : [{ path: ['launch', 'log'], what: 'the log', place: launch.log, isFile: true, severity: 'note' as const }]),
  ];
}

function findNamed(path: YamlPath, name: string, value: unknown): Use[] {
  return typeof value !== 'string' || passing.test(name) ? [] : [{ path, what: `"${name}"`, place: value }];
}

/** The folder that a file or a glob lies in. */
function folderOf(place: string): string {
  const plain = place.replace(/[*?[].*$/s, '');
  return plain.slice(0, Math.max(1, plain.lastIndexOf('/')));
}
