import type { YamlPath } from '../../yaml.ts';
import type { Finding, Planned } from './finding.ts';
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
  severity?: 'note';
}

/** What is kept where a reboot, or the passing of time, takes it away. Each folder is told of once, for the most precious thing in it. */
export function lintVolatile(planned: Planned): Finding[] {
  const told = [...(planned.volatile ?? [])];
  return listUses(planned).flatMap(({ path, what, place, severity }) => {
    const lost = fates.find(({ folder }) => isUnder(place, folder));
    if (lost === undefined || told.some((folder) => isUnder(place, folder))) return [];
    const folder = what === 'the log' || /[*?[]/.test(place) ? parentOf(place) : place;
    told.push(folder);
    const finding = {
      path,
      message: `${what} at ${place}: ${lost.folder} ${lost.fate}`,
      suggestion: `keep it elsewhere, or accept it with "volatile: [${folder}]" at the top`,
    };
    return [severity === undefined ? finding : { ...finding, severity }];
  });
}

function listUses(planned: Planned): Use[] {
  const { monitor, launch, workdir, params, env } = planned;
  const uses: (Use | null)[] = [
    monitor?.checkpoints
      ? { path: ['monitor', 'checkpoints', 'path'], what: 'checkpoints', place: monitor.checkpoints.path }
      : null,
    { path: ['workdir'], what: 'the workdir', place: workdir },
    ...Object.entries(params).map(([name, value]) => named(['params', name, 'default'], name, value)),
    ...env.map(({ name, value }) => ('text' in value ? named(['env', name], name, value.text) : null)),
    ...listExpectations(planned),
    ...(monitor?.metrics ?? []).map((source): Use | null =>
      source.kind === 'accelerators'
        ? null
        : { path: ['monitor', 'metrics', source.name, source.kind], what: 'metrics', place: source.path, severity: 'note' },
    ),
    launch === null ? null : { path: ['launch', 'log'], what: 'the log', place: launch.log, severity: 'note' },
  ];
  return uses.filter((use) => use !== null);
}

function named(path: YamlPath, name: string, value: unknown): Use | null {
  return typeof value !== 'string' || passing.test(name) ? null : { path, what: `"${name}"`, place: value };
}

function listExpectations(planned: Planned): (Use | null)[] {
  return (['prepare', 'validate', 'verify'] as const).flatMap((phase) =>
    planned[phase].flatMap(({ deed }, index) =>
      deed.kind === 'config'
        ? Object.entries(deed.expect).map(([key, value]) => named([phase, index, 'config', 'expect', key], key, value))
        : [],
    ),
  );
}

function parentOf(place: string): string {
  const end = place.search(/[*?[]/);
  const plain = end === -1 ? place : place.slice(0, end);
  return plain.slice(0, Math.max(1, plain.lastIndexOf('/')));
}
