import { actionReader } from './build-actions.ts';
import { buildCheckpoints } from './build-checkpoints.ts';
import { buildCriterion, type FindSeries } from './build-criterion.ts';
import { buildAliases, buildEarlierRuns, buildReferences } from './build-sources.ts';
import { readPhases } from './build-windows.ts';
import { buildFlags } from './build-flags.ts';
import { buildMetric, columnsOf } from './build-metric.ts';
import { buildIdle, buildLogSilence, buildStall } from './build-stall.ts';
import { logsSchema } from './metric-schema.ts';
import type { MetricSource, Monitor } from './monitor.ts';
import { readSeries } from './read-series.ts';
import type { Reader } from '../reader.ts';
import { deviceSchema, progressSchema } from './monitor-schema.ts';
import { entriesAt, listAt, partAt, take } from '../sections.ts';

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
    logSilence: buildLogSilence(reader, playbook),
    idle: buildIdle(reader, playbook),
    ...buildFlags(
      reader,
      playbook,
      metrics.filter(({ kind }) => kind !== 'accelerators').map(({ name }) => name),
      readActions,
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

function buildDevice(reader: Reader, playbook: unknown, metrics: readonly MetricSource[]): NonNullable<Monitor['device']> | null {
  const path = ['monitor', 'device'];
  const device = take(deviceSchema, partAt(playbook, ...path));
  if (device !== null && !metrics.some(({ kind }) => kind === 'accelerators')) {
    reader.report(path, '"device" is told by samples, and no source of monitor.metrics is "accelerators"', { part: 'key' });
  }
  return device;
}
