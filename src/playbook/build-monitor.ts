import { buildCriterion, type CheckActions, type FindSeries } from './build-criterion.ts';
import { readFileSize } from './entries/build-deed.ts';
import { buildFlags } from './monitor/build-flags.ts';
import { buildIdle, buildLogSilence, buildStall } from './monitor/build-stall.ts';
import type { MetricSource, Monitor } from './playbook.ts';
import type { Reader } from './reader.ts';
import { checkpointsSchema, metricSchema, progressSchema } from './schema.ts';
import { entriesAt, listAt, partAt, take } from './sections.ts';

/** Columns that sampling an accelerator gives. */
const acceleratorColumns = ['index', 'memory_used', 'utilization', 'temperature', 'power'];

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
    progress: buildProgress(reader, playbook, findSeries),
    stall: buildStall(reader, playbook, checkActions),
    criteria: listAt(playbook, 'monitor', 'criteria').flatMap((item, index) =>
      buildCriterion(reader, ['monitor', 'criteria', index], item, { names, findSeries, checkActions }),
    ),
    logSilence: buildLogSilence(reader, playbook),
    idle: buildIdle(reader, playbook),
    ...buildFlags(
      reader,
      playbook,
      metrics.filter(({ kind }) => kind !== 'accelerators').map(({ name }) => name),
    ),
    checkpoints: buildCheckpoints(reader, playbook),
  };
}

function buildMetric(reader: Reader, name: string, value: unknown): MetricSource[] {
  const path = ['monitor', 'metrics', name];
  const file = take(metricSchema, value);
  if (file === null) return [];
  if ('accelerators' in file) {
    const everySeconds = reader.duration([...path, 'accelerators'], file.accelerators);
    if (everySeconds < 1)
      reader.report([...path, 'accelerators'], `expected at least 1s, got ${JSON.stringify(file.accelerators)}`);
    return [{ kind: 'accelerators', name, everySeconds }];
  }
  if ('jsonl' in file) {
    if (file.when !== undefined) reader.expression([...path, 'when'], file.when);
    return [{ kind: 'jsonl', name, path: file.jsonl, step: file.step ?? null, when: file.when ?? null }];
  }
  const { columns = null, step = 'step' } = file;
  for (const [index, column] of (columns ?? []).entries()) {
    if (columns?.indexOf(column) !== index)
      reader.report([...path, 'columns', index], `a second column is called ${JSON.stringify(column)}`);
  }
  if (columns !== null && !columns.includes(step)) {
    reader.reportUnknown([...path, file.step === undefined ? 'columns' : 'step'], 'column for the step', step, [
      ...new Set(columns),
    ]);
  }
  return [{ kind: 'csv', name, path: file.csv, columns, step }];
}

/** Null: not known before the file is read. */
function columnsOf(source: MetricSource | undefined): readonly string[] | null {
  if (source?.kind === 'accelerators') return acceleratorColumns;
  return source?.kind === 'csv' && source.columns !== null ? [...new Set(source.columns)] : null;
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
