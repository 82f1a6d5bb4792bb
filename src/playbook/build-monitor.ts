import type { YamlPath } from '../yaml.ts';
import { buildCriterion, type CheckActions, type FindSeries } from './build-criterion.ts';
import { readFileSize } from './entries/build-deed.ts';
import { buildMetric, columnsOf } from './monitor/build-metric.ts';
import { logsSchema } from './monitor/metric-schema.ts';
import type { FlagRule, Monitor } from './playbook.ts';
import type { Reader } from './reader.ts';
import { checkpointsSchema, flagSchema, progressSchema, stallSchema } from './schema.ts';
import { entriesAt, listAt, partAt, take } from './sections.ts';

const defaultFirstStep = '10m';

export function buildMonitor(reader: Reader, playbook: unknown, canDumpStack: boolean): Monitor | null {
  if (partAt(playbook, 'monitor') === undefined) return null;
  const metrics = entriesAt(playbook, 'monitor', 'metrics').flatMap(([name, value]) => buildMetric(reader, name, value));
  const sources = entriesAt(playbook, 'monitor', 'metrics').map(([name]) => name);
  const findSeries: FindSeries = (path, source, column) => {
    if (!sources.includes(source)) reader.reportUnknown(path, 'metric source', source, sources);
    const known = columnsOf(metrics.find(({ name }) => name === source));
    if (known !== null && !known.includes(column)) reader.reportUnknown(path, `column of "${source}"`, column, known);
  };
  const checkActions: CheckActions = (path, actions) => {
    const index = actions.indexOf('stack-dump');
    if (index !== -1 && !canDumpStack)
      reader.report([...path, index], '"stack-dump" needs launch.stack-dump, which is not there');
    return [...actions];
  };
  const names = new Set<string>();
  return {
    metrics,
    logs: take(logsSchema, partAt(playbook, 'monitor', 'logs')) ?? [],
    progress: buildProgress(reader, playbook, findSeries),
    stall: buildStall(reader, playbook, checkActions),
    criteria: listAt(playbook, 'monitor', 'criteria').flatMap((item, index) =>
      buildCriterion(reader, ['monitor', 'criteria', index], item, { names, findSeries, checkActions }),
    ),
    flags: listAt(playbook, 'monitor', 'flags').flatMap((item, index) => buildFlag(reader, ['monitor', 'flags', index], item)),
    checkpoints: buildCheckpoints(reader, playbook),
  };
}

function buildProgress(reader: Reader, playbook: unknown, findSeries: FindSeries): Monitor['progress'] {
  const path = ['monitor', 'progress', 'metric'];
  const file = take(progressSchema, partAt(playbook, 'monitor', 'progress'));
  if (file === null) return null;
  const [source = '', column = '', ...rest] = file.metric.split('.');
  if (source === '' || column === '' || rest.length > 0) {
    reader.report(path, `expected a series written source.column, got ${JSON.stringify(file.metric)}`);
    return null;
  }
  findSeries(path, source, column);
  return { source, column, of: file.of ?? null };
}

function buildStall(reader: Reader, playbook: unknown, checkActions: CheckActions): Monitor['stall'] {
  const path = ['monitor', 'stall'];
  const file = take(stallSchema, partAt(playbook, ...path));
  if (file === null) return null;
  if (partAt(playbook, 'monitor', 'progress') === undefined) {
    reader.report(path, '"stall" is told by progress, and there is no monitor.progress', { part: 'key' });
  }
  return {
    noProgressSeconds: reader.duration([...path, 'no-progress'], file['no-progress']),
    firstStepSeconds: reader.duration([...path, 'first-step'], file['first-step'] ?? defaultFirstStep),
    then: checkActions([...path, 'then'], file.then ?? ['notify']),
  };
}

function buildFlag(reader: Reader, path: YamlPath, item: unknown): FlagRule[] {
  const file = take(flagSchema, item);
  if (file === null) return [];
  const colors = (['red', 'yellow', 'green'] as const).filter((color) => file[color] !== undefined);
  const [color, ...others] = colors;
  const source = color === undefined ? undefined : file[color];
  if (color === undefined || source === undefined || others.length > 0) {
    reader.report(path, `expected one of "red", "yellow" or "green", got ${colors.length === 0 ? 'none' : colors.join(' and ')}`);
    return [];
  }
  reader.pattern([...path, color], source);
  return [{ color, pattern: source, hint: file.hint ?? null, expected: file.expected ?? false }];
}

function buildCheckpoints(reader: Reader, playbook: unknown): Monitor['checkpoints'] {
  const path = ['monitor', 'checkpoints'];
  const file = take(checkpointsSchema, partAt(playbook, ...path));
  if (file === null) return null;
  return {
    path: file.path,
    every: file.every ?? null,
    size: file.size === undefined ? null : readFileSize(reader, [...path, 'size'], file.size),
  };
}
