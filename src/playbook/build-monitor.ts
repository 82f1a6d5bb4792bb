import type { YamlPath } from '../yaml.ts';
import { actionReader, type ReadActions } from './build-actions.ts';
import { buildCheckpoints } from './build-checkpoints.ts';
import { buildCriterion, type FindSeries } from './build-criterion.ts';
import { buildAliases, buildEarlierRuns, buildReferences } from './build-sources.ts';
import { readPhases } from './build-windows.ts';
import type { FlagRule, MetricSource, Monitor } from './playbook.ts';
import { readSeries } from './read-series.ts';
import type { Reader } from './reader.ts';
import { deviceSchema, flagSchema, progressSchema, stallSchema } from './schema.ts';
import { buildMetric, columnsOf } from './monitor/build-metric.ts';
import { logsSchema } from './monitor/metric-schema.ts';
import { entriesAt, listAt, partAt, take } from './sections.ts';

const defaultFirstStep = '10m';

export function buildMonitor(reader: Reader, playbook: unknown): Monitor | null {
  if (partAt(playbook, 'monitor') === undefined) return null;
  const metrics = entriesAt(playbook, 'monitor', 'metrics').flatMap(([name, value]) => buildMetric(reader, name, value));
  const files = entriesAt(playbook, 'monitor', 'metrics').map(([name]) => name);
  const earlierRuns = buildEarlierRuns(reader, playbook, files);
  const sources = [...files, ...earlierRuns.map(({ name }) => name)];
  const findSeries: FindSeries = (path, source, columns) => {
    if (!sources.includes(source)) reader.reportUnknown(path, 'metric source', source, sources);
    const known = columnsOf(metrics.find(({ name }) => name === source));
    const [column = ''] = columns;
    if (known !== null && !columns.some((name) => known.includes(name)))
      reader.reportUnknown(path, `column of "${source}"`, column, known);
  };
  const readActions = actionReader(reader, playbook);
  const cooldown = partAt(playbook, 'monitor', 'cooldown');
  const names = new Set<string>();
  const phases = readPhases(reader, playbook);
  const aliases = buildAliases(reader, playbook, findSeries);
  return {
    metrics,
    aliases,
    references: buildReferences(reader, playbook, files),
    earlierRuns,
    logs: take(logsSchema, partAt(playbook, 'monitor', 'logs')) ?? [],
    progress: buildProgress(reader, playbook, findSeries),
    stall: buildStall(reader, playbook, readActions),
    criteria: listAt(playbook, 'monitor', 'criteria').flatMap((item, index) =>
      buildCriterion(reader, ['monitor', 'criteria', index], item, { names, phases, aliases, findSeries, readActions }),
    ),
    flags: listAt(playbook, 'monitor', 'flags').flatMap((item, index) =>
      buildFlag(reader, ['monitor', 'flags', index], item, readActions),
    ),
    ...(typeof cooldown === 'string' ? { cooldownSeconds: reader.duration(['monitor', 'cooldown'], cooldown) } : {}),
    device: buildDevice(reader, playbook, metrics),
    checkpoints: buildCheckpoints(reader, playbook, findSeries),
  };
}

function buildProgress(reader: Reader, playbook: unknown, findSeries: FindSeries): Monitor['progress'] {
  const file = take(progressSchema, partAt(playbook, 'monitor', 'progress'));
  if (file === null) return null;
  const series = readSeries(reader, ['monitor', 'progress', 'metric'], file.metric, findSeries);
  return series === null ? null : { ...series, of: file.of ?? null };
}

function buildStall(reader: Reader, playbook: unknown, readActions: ReadActions): Monitor['stall'] {
  const path = ['monitor', 'stall'];
  const file = take(stallSchema, partAt(playbook, ...path));
  if (file === null) return null;
  if (partAt(playbook, 'monitor', 'progress') === undefined) {
    reader.report(path, '"stall" is told by progress, and there is no monitor.progress', { part: 'key' });
  }
  return {
    noProgressSeconds: reader.duration([...path, 'no-progress'], file['no-progress']),
    firstStepSeconds: reader.duration([...path, 'first-step'], file['first-step'] ?? defaultFirstStep),
    then: readActions([...path, 'then'], file.then ?? ['notify']),
  };
}

function buildFlag(reader: Reader, path: YamlPath, item: unknown, readActions: ReadActions): FlagRule[] {
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
  const then = file.then === undefined ? {} : { then: readActions([...path, 'then'], file.then) };
  return [{ color, pattern: source, hint: file.hint ?? null, expected: file.expected ?? false, ...then }];
}

function buildDevice(reader: Reader, playbook: unknown, metrics: readonly MetricSource[]): NonNullable<Monitor['device']> | null {
  const path = ['monitor', 'device'];
  const device = take(deviceSchema, partAt(playbook, ...path));
  if (device !== null && !metrics.some(({ kind }) => kind === 'accelerators')) {
    reader.report(path, '"device" is told by samples, and no source of monitor.metrics is "accelerators"', { part: 'key' });
  }
  return device;
}
