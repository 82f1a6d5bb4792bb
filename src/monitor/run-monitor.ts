import type { Health } from '../lifecycle/states.ts';
import { readAccelerators, type AcceleratorSample } from './accelerators.ts';
import { parseStep } from './cells.ts';
import { judgeCriterion, type CriterionState } from './criteria.ts';
import { tallyFlags, type Flag } from './flags.ts';
import { judgeHealth, type Reason } from './health.ts';
import { watchAccelerators } from './idle-accelerators.ts';
import { watchRanks } from './idle-ranks.ts';
import { watchLogSilence } from './log-silence.ts';
import { readLog } from './log.ts';
import { contradictDuration } from './pace.ts';
import { trackProgress, type Progress } from './progress.ts';
import { startReading, type Chunk, type Reading, type Row } from './reading.ts';
import { readRecords, type Records, type RecordsReading } from './records.ts';
import type { MonitorRules, ProgressRule, SourceRule } from './rules.ts';
import { prepareSource, type OpenFile, type Source } from './sources.ts';
import { watchStall, type Stall } from './stall.ts';

/** A row that was read earlier, and whose it is. */
export interface SourceRow extends Row {
  source: string;
  worker: number;
  attempt: number;
  /** Which file of the source; 0 when left out. */
  generation?: number;
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

type FilePlace = Pick<Chunk, 'source' | 'worker' | 'generation'>;

/** The file of a lane that is being read. */
interface Lane {
  generation: number;
  file: OpenFile;
}

/** Watches one run. Created from what was remembered, it gives the same verdicts as one that saw everything. */
export interface RunMonitor {
  /** Whole lines of a metric file or of a log (`source` "log", or "log:" and a glob). What it returns has been taken in: it must be stored, or the monitor thrown away. */
  read(chunk: Chunk): Reading;
  /** Whether a file that is read from its middle on must come with its head: its columns are not known otherwise. */
  needsHead(place: FilePlace): boolean;
  /** A file that is read whole. The same holds for what it returns. */
  readRecords(records: Records): RecordsReading;
  /** One sample of the accelerators of a worker. The rows are placed at the step reached then: read the progress source before, to its end. */
  readAccelerators(sample: AcceleratorSample): Row[];
  /** What the kernel says of the job's processes now: all of it, each time. */
  readKernelLog(log: string, pids: ReadonlySet<number>, at: number): void;
  /**
   * Once after all sources of a look were read. `final`: the job is over and everything was read. `behind`: a source has more than was read, so that one
   * may be further than another, and no window is taken for passed. `now`: milliseconds; the time of the newest row when not given.
   */
  judge(options?: { now?: number; final?: boolean; behind?: boolean; extraReasons?: Reason[] }): Judgement;
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
    judgeCriterion(rule, metrics, {
      earlier: restored?.criteria.find(({ name }) => name === rule.name),
      aliases: rules.aliases,
    }),
  );
  const sources = new Map<string, Source>(metrics.map((rule) => [rule.name, prepareSource(rule)]));
  const lanes = new Map<string, Lane>();
  let furthestStep: number | null = null;
  let latestAt = 0;
  let seen = false;
  let patienceSeconds: number | null = null;

  const lastRows = new Map<string, SourceRow>();
  for (const row of restored?.samples ?? []) {
    takeRow(row.source, row, row);
    lastRows.set(laneKey(row), row);
  }
  if (flags.list().length > 0) seen = true;
  progress.takeAdvance();

  return {
    read(chunk) {
      const reading = readChunk(chunk);
      for (const row of reading.rows) takeRow(chunk.source, row, chunk);
      flags.seeReading(chunk.source, reading, chunk.readAt);
      if (chunk.source !== 'log' && flags.watches(chunk.source)) seeRawLines(chunk, reading.consumed);
      return reading;
    },
    needsHead: (place) => openFile(place)?.needsHead() ?? false,
    readRecords(records) {
      const rule = sources.get(records.source)?.rule;
      const step = rule === undefined || rule.kind === 'accelerators' ? null : rule.step;
      const read = readRecords(records, (columns, at) => (step === null ? progress.stepAt(at) : parseStep(columns[step])));
      for (const row of read.reading.rows) takeRow(records.source, row, { ...records, generation: read.generation });
      flags.seeReading(records.source, read.reading, records.readAt);
      return read;
    },
    readAccelerators(sample) {
      const { progressBytes } = sample;
      const rows = readAccelerators(sample, progressBytes === null ? progress.step : progress.stepBefore(progressBytes));
      for (const row of rows) takeRow(sample.source, row, sample);
      return rows;
    },
    readKernelLog: (log, pids, at) => flags.seeKernelLog(log, pids, at),
    judge({ now = latestAt, final = false, behind = false, extraReasons = [] } = {}) {
      const step = rules.progress === null ? furthestStep : progress.step;
      const states = criteria.map((criterion) => criterion.judge({ step, now, behind, final }));
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
    if (isLog(chunk.source)) {
      return readLog(chunk, (line, at) => {
        seen = true;
        silence.seeLine();
        stall.seeLine(line);
        flags.seeLine('log', line, at);
      });
    }
    return openFile(chunk)?.read(chunk, (at) => progress.stepAt(at)) ?? startReading();
  }

  /** Only what was consumed: the rest comes again. */
  function seeRawLines(chunk: Chunk, consumed: number): void {
    const lines = { ...chunk, bytes: chunk.bytes.subarray(0, consumed) };
    readLog(lines, (line, at) => flags.seeLine(chunk.source, line, at));
  }

  function openFile(place: FilePlace): OpenFile | null {
    const source = sources.get(place.source);
    if (source === undefined) return null;
    const { generation = 0 } = place;
    const key = laneKey(place);
    const lane = lanes.get(key);
    if (lane?.generation === generation) return lane.file;
    const last = lastRows.get(key);
    const file = source.open(last !== undefined && (last.generation ?? 0) === generation ? last : null);
    lanes.set(key, { generation, file });
    return file;
  }

  function laneKey({ source, worker, generation = 0 }: FilePlace): string {
    return JSON.stringify([source, worker, sources.get(source)?.laneOf(generation) ?? 0]);
  }

  function takeRow(name: string, row: Row, { attempt, worker, generation = 0 }: RowPlace): void {
    const isOwn = rules.references?.includes(name) !== true;
    if (isOwn) seen = true;
    const source = sources.get(name);
    if (source === undefined) return;
    // To what judges rows, files that are read side by side are as the workers of a run.
    const lane = worker + source.laneOf(generation) * mostWorkers;
    if (row.at > latestAt) latestAt = row.at;
    if (isOwn && row.step !== null && (furthestStep === null || row.step > furthestStep)) furthestStep = row.step;
    if (name === rules.progress?.source) progress.add(row, attempt, lane);
    if (row.step === null && source.rule.kind === 'jsonl' && (source.rule.step !== null || !source.counts(row.columns))) return;
    if (source.rule.kind === 'accelerators') accelerators.seeRow(row, attempt, worker);
    else if (isOwn) ranks.seeRow(name, row);
    for (const criterion of criteria) criterion.see(name, row, attempt, lane);
  }
}

type RowPlace = Pick<SourceRow, 'attempt' | 'worker' | 'generation'>;

const mostWorkers = 65_536;

function isLog(source: string): boolean {
  return source === 'log' || source.startsWith('log:');
}

/** A file without a step of its own that is the progress source has its steps in the progress column. */
function withStep(rule: SourceRule, progress: ProgressRule | null): SourceRule {
  if (rule.kind === 'accelerators' || rule.step !== null || progress?.source !== rule.name) return rule;
  return { ...rule, step: progress.column };
}
