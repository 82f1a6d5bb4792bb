import type { z } from 'zod';
import type { YamlPath } from '../../yaml.ts';
import type { FindSeries } from './build-criterion.ts';
import { readFileSize } from '../entries/build-deed.ts';
import type { BackUpPlace, CheckpointRules } from './monitor.ts';
import type { Reader } from '../reader.ts';
import { readSeries } from './read-series.ts';
import { checkpointsSchema } from './monitor-schema.ts';
import { partAt, take } from '../sections.ts';

type CheckpointsFile = z.infer<typeof checkpointsSchema>;

const defaultLoadLimit = '15m';

export function buildCheckpoints(reader: Reader, playbook: unknown, findSeries: FindSeries): CheckpointRules | null {
  const path = ['monitor', 'checkpoints'];
  const file = take(checkpointsSchema, partAt(playbook, ...path));
  if (file === null) return null;
  if (file.path.split('{step}').length > 2) reader.report([...path, 'path'], '"{step}" stands in it twice');
  const needs = (key: 'first-at' | 'finite', other: 'every' | 'loads') => {
    if (file[key] !== undefined && file[other] === undefined)
      reader.report([...path, key], `"${key}" goes with "${other}", which is not there`, { part: 'key' });
  };
  needs('first-at', 'every');
  needs('finite', 'loads');
  if (file.finite !== undefined) reader.pattern([...path, 'finite'], file.finite);
  if (file.keep?.best !== undefined && file.best === undefined)
    reader.report([...path, 'keep', 'best'], 'there is no monitor.checkpoints.best that says which is', { part: 'key' });
  return {
    path: file.path,
    every: file.every ?? null,
    firstAt: file['first-at'] ?? null,
    size: file.size === undefined ? null : readFileSize(reader, [...path, 'size'], file.size),
    loads: buildLoads(reader, [...path, 'loads'], file.loads),
    finite: file.finite ?? null,
    backUp: file['back-up'] === undefined ? null : readPlace(reader, [...path, 'back-up', 'to'], file['back-up'].to),
    best: buildBest(reader, [...path, 'best', 'by'], file.best, findSeries),
    keep: file.keep === undefined ? null : { last: file.keep.last, best: file.keep.best ?? 0 },
  };
}

function buildLoads(
  reader: Reader,
  path: YamlPath,
  file: CheckpointsFile['loads'],
): NonNullable<CheckpointRules['loads']> | null {
  if (file === undefined) return null;
  const { run: command, 'time-limit': limit = defaultLoadLimit } = typeof file === 'string' ? { run: file } : file;
  if (!command.includes('{checkpoint}')) {
    const message = 'expected "{checkpoint}" where the path of the checkpoint goes';
    reader.report(typeof file === 'string' ? path : [...path, 'run'], message);
  }
  return { command, timeLimitSeconds: reader.duration([...path, 'time-limit'], limit) };
}

function buildBest(
  reader: Reader,
  path: YamlPath,
  file: CheckpointsFile['best'],
  findSeries: FindSeries,
): NonNullable<CheckpointRules['best']> | null {
  if (file === undefined) return null;
  const series = readSeries(reader, path, file.by, findSeries);
  return series === null ? null : { ...series, mode: file.mode ?? 'min' };
}

/** `HOST:PATH`, `local:PATH`, or a path on the run's own host. */
function readPlace(reader: Reader, path: YamlPath, to: string): BackUpPlace {
  const [, host, rest = ''] = /^([A-Za-z0-9][\w.-]*):(.*)$/s.exec(to) ?? [];
  const place: BackUpPlace =
    host === undefined
      ? { kind: 'same', path: to }
      : host === 'local'
        ? { kind: 'here', path: rest }
        : { kind: 'host', host, path: rest };
  if (!/^(\/|~\/)./.test(place.path))
    reader.report(
      path,
      `expected a folder from "/" or "~/", as in "HOST:/backup" or "local:~/backup", got ${JSON.stringify(to)}`,
    );
  return place;
}
