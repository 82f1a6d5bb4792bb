import type { Reason } from '../../monitor/health.ts';
import { createRunMonitor, type Judgement } from '../../monitor/run-monitor.ts';
import type { MonitorRules } from '../../monitor/rules.ts';
import type { Stall } from '../../monitor/stall.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitState } from '../../remote/executor.ts';
import type { Batch, OffsetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';
import { judgeEvidence, type Finding } from './evidence.ts';
import { describeNews, rememberTold, type Told } from './news.ts';
import { readNewLines, unreadFile, type FileReading } from './read-files.ts';
import { readSource } from './read-source.ts';
import { openWholeFile } from './read-whole.ts';
import { createSampleReader } from './read-samples.ts';
import { filesOfJob, jobPlace, type JobFile } from './job.ts';

export interface Look {
  finding: Finding;
  state: UnitState;
  judgement: Judgement;
  stalled: boolean;
  stallText: string;
  /** A file has more than was read in this look. */
  more: boolean;
}

/** The eyes of one controller on one job. What a look brings is stored in one transaction with the offsets it was read to. */
export interface JobMonitor {
  look(options: { final: boolean; extraReasons: Reason[] }): Promise<Look>;
}

const noRules: MonitorRules = { metrics: [], progress: null, stall: null, criteria: [], flags: [] };

export function createJobMonitor(drive: Drive): JobMonitor {
  const { store, clock } = drive.parts;
  const run = drive.actor.run;
  const rules = drive.plan.playbook.monitor ?? noRules;
  const monitor = createRunMonitor(rules, {
    samples: store.readSamples(run, null),
    flags: store.readFlags(run),
    criteria: store.readCriteria(run),
  });
  const place = jobPlace(drive);
  const sampler = createSampleReader(monitor);
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
    criteria: new Map(store.readCriteria(run).map(({ name, verdict }) => [name, verdict])),
    flags: store.readFlags(run).length,
    health: drive.record().health,
  };

  /** Samples are placed by the rows that were there when they were taken, so those are read to their end before. */
  async function readFiles({ uptimeSeconds }: UnitState, final: boolean): Promise<FileReading[]> {
    const others = jobFiles.filter(({ kind }) => kind !== 'samples');
    const read = (await Promise.all(others.map((file) => readFile(file, final)))).flat();
    const isBehind = read.some(({ more }) => more);
    const samples = jobFiles.filter(({ kind }) => kind === 'samples');
    const sampled = samples.map((file): Promise<FileReading> => {
      const offset = offsetOf(file);
      if (isBehind) return Promise.resolve({ offset, reading: null, more: true });
      return readNewLines(drive, offset, { needsHead: () => false, read: (chunk) => sampler.read(chunk, uptimeSeconds) });
    });
    return [...read, ...(await Promise.all(sampled))];
  }

  async function readFile(file: JobFile, final: boolean): Promise<FileReading[]> {
    const whole = wholeFiles.get(file.name);
    if (whole === undefined) {
      const known = offsets.filter(({ source }) => source === file.name);
      return readSource(drive, file, known, monitor);
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
      const files = isElsewhere ? [] : await readFiles(state, final);
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
      const reasons = [...extraReasons, ...stallReasons, ...sampler.reasons()];
      const judgement = monitor.judge({ final, behind: more, extraReasons: reasons });
      const batch: Batch = {
        observedAt: clock.now(),
        worker: 0,
        evidence: finding.sentence,
        ...(isElsewhere ? {} : { workerState: { state: state.word, pid: state.pid, exitCode: state.exitCode, incarnation } }),
        offsets: files.map(({ offset }) => offset),
        samples,
        flags: judgement.flags,
        criteria: judgement.criteria,
        progress: rules.progress === null ? null : judgement.progress,
        health: judgement.health,
        events: describeNews(drive, judgement, told),
      };
      drive.must(store.recordBatch(drive.lease, batch));
      offsets = mergeOffsets(offsets, batch.offsets);
      told = rememberTold(judgement);
      return {
        finding,
        state,
        judgement,
        stalled,
        stallText,
        more,
      };
    },
  };
}

/** Also of the files that this look did not come to. */
function mergeOffsets(known: readonly OffsetRecord[], read: readonly OffsetRecord[]): OffsetRecord[] {
  const isRead = (offset: OffsetRecord) => read.some(({ source, path }) => source === offset.source && path === offset.path);
  return [...known.filter((offset) => !isRead(offset)), ...read];
}

function describeStall({ ageSeconds, limitSeconds }: Stall): string {
  const limit = limitSeconds === null ? '' : `, more than ${Math.round(limitSeconds)} s`;
  return `no progress for ${Math.round(ageSeconds)} s${limit}`;
}
