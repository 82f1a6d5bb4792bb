import { compileExpression } from '../language/expression.ts';
import type { Health } from '../lifecycle/states.ts';
import { readAccelerators, type AcceleratorSample } from './accelerators.ts';
import { judgeCriterion, type CriterionState } from './criteria.ts';
import { columnsOf, readCsv, type CsvLayout } from './csv.ts';
import { tallyFlags, type Flag } from './flags.ts';
import { judgeHealth, type Reason } from './health.ts';
import { watchAccelerators } from './idle-accelerators.ts';
import { watchRanks } from './idle-ranks.ts';
import { readJsonl } from './jsonl.ts';
import { watchLogSilence } from './log-silence.ts';
import { readLog } from './log.ts';
import { contradictDuration } from './pace.ts';
import { trackProgress, type Progress } from './progress.ts';
import { startReading, type Chunk, type Reading, type Row } from './reading.ts';
import type { CsvRule, JsonlRule, MonitorRules, ProgressRule, SourceRule } from './rules.ts';
import { watchStall, type Stall } from './stall.ts';

/** A row that was read earlier, and whose it is. */
export interface SourceRow extends Row {
  source: string;
  worker: number;
  attempt: number;
}

/** What is remembered of a run. Rows of one source and worker come in the order of their attempts and files. */
export interface Restored {
  samples: Iterable<SourceRow>;
  flags: Iterable<Flag>;
  criteria: readonly CriterionState[];
  /** The attempt that is watched: what earlier ones did is no start of it. */
  attempt?: number;
}

export interface Judgement {
  criteria: CriterionState[];
  flags: Flag[];
  progress: Progress;
  health: Health;
  /** Gravest first; empty when green. */
  reasons: Reason[];
}

/** Watches one run. Created from what was remembered, it gives the same verdicts as one that saw everything. */
export interface RunMonitor {
  /** Whole lines of a metric file or of the log (`source` "log"). What it returns has been taken in: it must be stored, or the monitor thrown away. */
  read(chunk: Chunk): Reading;
  /** One sample of the accelerators of a worker. The rows are placed at the step reached then: read the progress source before, to its end. */
  readAccelerators(sample: AcceleratorSample): Row[];
  /** What the kernel says of the job's processes now: all of it, each time. */
  readKernelLog(log: string, pids: ReadonlySet<number>, at: number): void;
  /**
   * Once after all sources of a look were read. `final`: the job is over and everything was read. `behind`: a source has more than was read, so that one
   * may be further than another, and no step window is taken for passed.
   */
  judge(options?: { final?: boolean; behind?: boolean; extraReasons?: Reason[] }): Judgement;
  /** Once after each successful look, never while the host cannot be reached. */
  judgeStall(monotonicMs: number): Stall;
  /** After each stall that was judged: a log, a rank or an accelerator that stands still while the job may go on. */
  judgeQuiet(monotonicMs: number): Reason[];
}

export function createRunMonitor(rules: MonitorRules, restored: Restored | null): RunMonitor {
  const progress = trackProgress(rules.progress);
  const flags = tallyFlags(rules, restored?.flags ?? []);
  const stall = watchStall(rules.stall);
  const silence = watchLogSilence(rules.logSilence ?? null);
  const ranks = watchRanks(rules.idle ?? null);
  const accelerators = watchAccelerators(rules.idle ?? null);
  const metrics = rules.metrics.map((rule) => withStep(rule, rules.progress));
  const criteria = rules.criteria.map((rule) =>
    judgeCriterion(
      rule,
      metrics,
      restored?.criteria.find(({ name }) => name === rule.name),
    ),
  );
  const sources = new Map(metrics.map((rule) => [rule.name, prepareSource(rule)]));
  const layouts = new Map<string, CsvLayout>();
  let furthestStep: number | null = null;
  let seen = false;
  let patienceSeconds: number | null = null;

  const lastRows = new Map<string, SourceRow>();
  for (const row of restored?.samples ?? []) {
    takeRow(row.source, row, row.attempt, row.worker);
    lastRows.set(keyOf(row.source, row.worker), row);
  }
  for (const [key, row] of lastRows) {
    if (sources.get(row.source)?.kind === 'csv') layouts.set(key, { columns: columnsOf(row) });
  }
  if (flags.list().length > 0) seen = true;
  progress.takeAdvance();

  return {
    read(chunk) {
      const reading = readChunk(chunk);
      for (const row of reading.rows) takeRow(chunk.source, row, chunk.attempt, chunk.worker);
      flags.seeReading(chunk.source, reading, chunk.readAt);
      if (chunk.source !== 'log' && flags.watches(chunk.source)) seeRawLines(chunk, reading.consumed);
      return reading;
    },
    readAccelerators(sample) {
      const { progressBytes } = sample;
      const rows = readAccelerators(sample, progressBytes === null ? progress.step : progress.stepBefore(progressBytes));
      for (const row of rows) takeRow(sample.source, row, sample.attempt, sample.worker);
      return rows;
    },
    readKernelLog: (log, pids, at) => flags.seeKernelLog(log, pids, at),
    judge({ final = false, behind = false, extraReasons = [] } = {}) {
      const step = rules.progress === null ? furthestStep : progress.step;
      const states = criteria.map((criterion) => criterion.judge(behind ? null : step, final));
      const listed = flags.list();
      const report = progress.report();
      const reasons = [...extraReasons, ...contradictDuration(report, progress.measuredSeconds(), rules.duration ?? null)];
      return { criteria: states, flags: listed, progress: report, ...judgeHealth(states, listed, reasons, seen) };
    },
    judgeStall(monotonicMs) {
      const started = progress.attempt !== null && progress.attempt >= (restored?.attempt ?? 0);
      const judged = stall.look(monotonicMs, { advanced: progress.takeAdvance(), started, step: progress.step });
      patienceSeconds = started && judged.during === null ? null : judged.limitSeconds;
      return judged;
    },
    judgeQuiet: (monotonicMs) => [
      ...silence.look(monotonicMs, patienceSeconds),
      ...ranks.look(monotonicMs, rules.progress?.of ?? null),
      ...accelerators.reasons(),
    ],
  };

  function readChunk(chunk: Chunk): Reading {
    if (chunk.source === 'log') {
      return readLog(chunk, (line, at) => {
        seen = true;
        silence.seeLine();
        stall.seeLine(line);
        flags.seeLine('log', line, at);
      });
    }
    const source = sources.get(chunk.source);
    if (source?.kind === 'csv') return readCsv(source.rule, layoutOf(chunk), chunk);
    if (source?.kind === 'jsonl')
      return readJsonl(source.rule, { counts: source.counts, stepAt: (at) => progress.stepAt(at) }, chunk);
    return startReading();
  }

  /** Only what was consumed: the rest comes again. */
  function seeRawLines(chunk: Chunk, consumed: number): void {
    const lines = { ...chunk, bytes: chunk.bytes.subarray(0, consumed) };
    readLog(lines, (line, at) => flags.seeLine(chunk.source, line, at));
  }

  function layoutOf(chunk: Chunk): CsvLayout {
    const key = keyOf(chunk.source, chunk.worker);
    const rule = sources.get(chunk.source)?.rule;
    const layout = layouts.get(key) ?? { columns: rule?.kind === 'csv' ? rule.columns : null };
    layouts.set(key, layout);
    return layout;
  }

  function takeRow(name: string, row: Row, attempt: number, worker: number): void {
    seen = true;
    const source = sources.get(name);
    if (source === undefined) return;
    if (row.step !== null && (furthestStep === null || row.step > furthestStep)) furthestStep = row.step;
    if (name === rules.progress?.source) progress.add(row, attempt, worker);
    if (row.step === null && source.kind === 'jsonl' && (source.rule.step !== null || !source.counts(row.columns))) return;
    if (source.kind === 'accelerators') accelerators.seeRow(row, attempt, worker);
    else ranks.seeRow(name, row);
    for (const criterion of criteria) criterion.see(name, row, attempt, worker);
  }
}

type Source =
  | { kind: 'csv'; rule: CsvRule }
  | { kind: 'jsonl'; rule: JsonlRule; counts: (columns: Record<string, unknown>) => boolean }
  | { kind: 'accelerators'; rule: Extract<SourceRule, { kind: 'accelerators' }> };

/** A file without a step of its own that is the progress source has its steps in the progress column. */
function withStep(rule: SourceRule, progress: ProgressRule | null): SourceRule {
  if (rule.kind !== 'jsonl' || rule.step !== null || progress?.source !== rule.name) return rule;
  return { ...rule, step: progress.column };
}

function prepareSource(rule: SourceRule): Source {
  if (rule.kind === 'csv') return { kind: 'csv', rule };
  if (rule.kind === 'accelerators') return { kind: 'accelerators', rule };
  return { kind: 'jsonl', rule, counts: compileWhen(rule.when) };
}

function compileWhen(when: string | null): (columns: Record<string, unknown>) => boolean {
  if (when === null) return () => true;
  const compiled = compileExpression(when);
  if (!compiled.ok) return () => false;
  const { expression } = compiled;
  const names = new Set(expression.names.map(([name = '']) => name));
  return (columns) => {
    const scope: Record<string, unknown> = {};
    for (const name of names) if (Object.hasOwn(columns, name)) scope[name] = columns[name];
    const answer = expression.evaluate(scope);
    return 'value' in answer && answer.value === true;
  };
}

function keyOf(source: string, worker: number): string {
  return JSON.stringify([source, worker]);
}
