import type { Reason } from '../../monitor/health.ts';
import { createRunMonitor, type Judgement, type SourceRow } from '../../monitor/run-monitor.ts';
import type { Chunk } from '../../monitor/reading.ts';
import type { MonitorRules } from '../../monitor/rules.ts';
import type { Stall } from '../../monitor/stall.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitState } from '../../remote/executor.ts';
import type { Batch, OffsetRecord, SampleRow } from '../../store/records.ts';
import { firstAttemptInProfile } from '../attempts/profiles.ts';
import { trainerFallbackRules } from '../attempts/trainer-fallback.ts';
import type { Drive } from '../drive.ts';
import type { EarlierRun } from '../plan.ts';
import { doneRules } from './completion.ts';
import { judgeEvidence, type Finding } from './evidence.ts';
import { describeNews, rememberTold, type Told } from './news.ts';
import { readNewLines, unreadFile, type FileEnd, type FileReading } from './read-files.ts';
import { readSource } from './read-source.ts';
import { openWholeFile } from './read-whole.ts';
import { createSampleReader } from './read-samples.ts';
import { watchDevice } from './watch-device.ts';
import { filesOfJob, jobPlace, type JobFile } from './job.ts';
import { watchKernel } from './watch-kernel.ts';

export interface Look {
  finding: Finding;
  state: UnitState;
  judgement: Judgement;
  stalled: boolean;
  stallText: string;
  /** Something was written since the look before. */
  grew: boolean;
  /** A file has more than was read in this look. */
  more: boolean;
}

/** The eyes of one controller on one job. What a look brings is stored in one transaction with the offsets it was read to. */
export interface JobMonitor {
  look(options: { final: boolean; extraReasons: Reason[] }): Promise<Look>;
}

type Ends = ReadonlyMap<string, FileEnd>;

const noRules: MonitorRules = { metrics: [], progress: null, stall: null, criteria: [], flags: [] };

export function createJobMonitor(drive: Drive): JobMonitor {
  const { store, clock } = drive.parts;
  const run = drive.actor.run;
  const { earlierRuns = [] } = drive.plan;
  const said = withReferences(drive.plan.playbook.monitor ?? noRules, earlierRuns);
  const rules: MonitorRules = {
    ...said,
    duration: drive.plan.playbook.work?.duration ?? null,
    flags: [...said.flags, ...doneRules(drive), ...trainerFallbackRules(drive)],
  };
  const firstAttempt = firstAttemptInProfile(drive);
  const criteria = () => store.readCriteria(run).filter(({ attempt }) => (attempt ?? 0) >= firstAttempt);
  const monitor = createRunMonitor(rules, {
    samples: chain(rowsOf(earlierRuns), samplesSince(store.readSamples(run, null), firstAttempt)),
    flags: store.readFlags(run),
    criteria: criteria(),
    attempt: drive.record().attempt,
  });
  const place = jobPlace(drive);
  const sampler = createSampleReader(monitor);
  const device = watchDevice(drive);
  const kernel = watchKernel(drive, monitor);
  const jobFiles = filesOfJob(drive);
  const wholeFiles = new Map(
    jobFiles
      .filter(({ kind }) => kind === 'json' || kind === 'sqlite')
      .map((file) => [file.name, openWholeFile(drive, file, (records) => monitor.readRecords(records))]),
  );
  let offsets = store.readOffsets(run).filter(({ attempt }) => attempt === place.attempt);
  const incarnation = store.readWorkers(run)[0]?.incarnation ?? null;
  let goneBefore = false;
  let told: Told = {
    criteria: new Map(criteria().map(({ name, verdict }) => [name, verdict])),
    flags: store.readFlags(run).length,
    health: drive.record().health,
    alarms: new Set(),
  };

  /** Known once there is an attempt that the guard has made after this one. */
  async function findEnds(state: UnitState): Promise<Ends> {
    const { newestAttempt: attempt } = state;
    if (attempt === null || attempt <= place.attempt) return new Map();
    const begun = await drive.session.call(detachedExecutor.state(run, { ...place, attempt }));
    return begun.madeByGuard?.starts ?? new Map<string, FileEnd>();
  }

  /** Samples are placed by the rows that were there when they were taken, so those are read to their end before. */
  async function readFiles({ uptimeSeconds }: UnitState, ends: Ends, final: boolean): Promise<FileReading[]> {
    const others = jobFiles.filter(({ kind }) => kind !== 'samples');
    const read = (await Promise.all(others.map((file) => readFile(file, ends, final)))).flat();
    const isBehind = read.some(({ more }) => more);
    const samples = jobFiles.filter(({ kind }) => kind === 'samples');
    const reader = { needsHead: () => false, read: (chunk: Chunk) => sampler.read(chunk, uptimeSeconds) };
    const sampled = await Promise.all(
      samples.map((file): Promise<FileReading> => {
        const offset = offsetOf(file);
        return isBehind ? Promise.resolve({ offset, reading: null, more: true }) : readNewLines(drive, offset, reader);
      }),
    );
    for (const { reading } of sampled) device.take(reading?.rows ?? []);
    return [...read, ...sampled];
  }

  async function readFile(file: JobFile, ends: Ends, final: boolean): Promise<FileReading[]> {
    const whole = wholeFiles.get(file.name);
    if (whole === undefined) {
      const known = offsets.filter(({ source }) => source === file.name);
      return readSource(drive, file, known, { reader: monitor, ends });
    }
    const reading = await whole.look(offsetOf(file), { final });
    return reading === null ? [] : [reading];
  }

  function offsetOf(file: JobFile): OffsetRecord {
    const known = offsets.find(({ source, path }) => source === file.name && path === file.path);
    return known ?? unreadFile(file, place.attempt);
  }

  return {
    async look({ final, extraReasons }) {
      // The state first: once it says that the job is over, what is read after it is all there is.
      const state = await drive.session.call(detachedExecutor.watch(drive.actor, place));
      const finding = judgeEvidence(state, { incarnation }, goneBefore);
      goneBefore = finding.kind === 'look-again';
      const isElsewhere = finding.kind === 'elsewhere';
      const files = isElsewhere ? [] : await readFiles(state, await findEnds(state), final);
      if (!isElsewhere) await kernel.look(final);
      const more = files.some((file) => file.more);
      const samples: Batch['samples'] = files.flatMap(({ offset, reading }) =>
        reading === null || reading.rows.length === 0
          ? []
          : [{ source: offset.source, attempt: offset.attempt, worker: 0, generation: offset.generation, rows: reading.rows }],
      );
      const stall = monitor.judgeStall(clock.monotonic());
      const stalled = stall.stalled && finding.kind === 'alive';
      const stallText = describeStall(stall);
      const stallReasons = stalled ? [{ color: 'red' as const, text: stallText }] : [];
      const quiet = finding.kind === 'alive' ? monitor.judgeQuiet(clock.monotonic()) : [];
      const reasons = [...extraReasons, ...stallReasons, ...quiet, ...sampler.reasons(), ...device.reasons()];
      const judgement = monitor.judge({ now: clock.now(), final, behind: more, extraReasons: reasons });
      const batch: Batch = {
        observedAt: clock.now(),
        worker: 0,
        evidence: finding.sentence,
        ...(isElsewhere ? {} : { workerState: { state: state.word, pid: state.pid, exitCode: state.exitCode, incarnation } }),
        offsets: files.map(({ offset }) => offset),
        samples,
        flags: judgement.flags,
        criteria: judgement.criteria.map((state) => ({ ...state, attempt: place.attempt })),
        progress: rules.progress === null ? null : judgement.progress,
        health: judgement.health,
        events: describeNews(drive, judgement, told),
      };
      drive.must(store.recordBatch(drive.lease, batch));
      const grew = files.some(({ reading }) => reading !== null);
      offsets = mergeOffsets(offsets, batch.offsets);
      told = rememberTold(judgement);
      return {
        finding,
        state,
        judgement,
        stalled,
        stallText,
        grew,
        more,
      };
    },
  };
}

function* samplesSince(samples: Iterable<SampleRow>, firstAttempt: number): Generator<SampleRow> {
  for (const sample of samples) if (sample.attempt >= firstAttempt) yield sample;
}

/** To the monitor, an earlier run is a source like any other. */
function withReferences(rules: MonitorRules, earlierRuns: readonly EarlierRun[]): MonitorRules {
  if (earlierRuns.length === 0) return rules;
  const names = earlierRuns.map(({ name }) => name);
  const metrics = names.map((name) => ({ kind: 'csv' as const, name, columns: null, step: 'step' }));
  return { ...rules, metrics: [...rules.metrics, ...metrics], references: [...(rules.references ?? []), ...names] };
}

function rowsOf(earlierRuns: readonly EarlierRun[]): SourceRow[] {
  return earlierRuns.flatMap(({ name, rows }) =>
    rows.map((row, position) => ({ source: name, attempt: 0, worker: 0, position, ...row })),
  );
}

function* chain<Item>(...lists: Iterable<Item>[]): Generator<Item> {
  for (const list of lists) yield* list;
}

/** Also of the files that this look did not come to. */
function mergeOffsets(known: readonly OffsetRecord[], read: readonly OffsetRecord[]): OffsetRecord[] {
  const isRead = (offset: OffsetRecord) => read.some(({ source, path }) => source === offset.source && path === offset.path);
  return [...known.filter((offset) => !isRead(offset)), ...read];
}

function describeStall({ ageSeconds, limitSeconds, during }: Stall): string {
  const phase = during === null ? '' : ` of "${during}"`;
  const limit = limitSeconds === null ? '' : `, more than ${Math.round(limitSeconds)} s${phase}`;
  return `no progress for ${Math.round(ageSeconds)} s${limit}`;
}
