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
import { createSampleReader } from './read-samples.ts';
import { filesOfJob, jobPlace, type JobFile } from './job.ts';
import { watchKernel } from './watch-kernel.ts';

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
  const { work } = drive.plan.playbook;
  const rules: MonitorRules = { ...(drive.plan.playbook.monitor ?? noRules), duration: work?.duration ?? null };
  const monitor = createRunMonitor(rules, {
    samples: store.readSamples(run, null),
    flags: store.readFlags(run),
    criteria: store.readCriteria(run),
    attempt: drive.record().attempt,
  });
  const place = jobPlace(drive);
  const sampler = createSampleReader(monitor);
  const kernel = watchKernel(drive, monitor);
  const jobFiles = filesOfJob(drive);
  let offsets = currentOffsets(drive, jobFiles);
  const incarnation = store.readWorkers(run)[0]?.incarnation ?? null;
  let goneBefore = false;
  let told: Told = {
    criteria: new Map(store.readCriteria(run).map(({ name, verdict }) => [name, verdict])),
    flags: store.readFlags(run).length,
    health: drive.record().health,
    alarms: new Set(),
  };

  /** Samples are placed by the rows that were there when they were taken, so those are read to their end before. */
  async function readFiles({ uptimeSeconds }: UnitState): Promise<FileReading[]> {
    const isSample = ({ source }: OffsetRecord) => jobFiles.some(({ name, kind }) => kind === 'samples' && name === source);
    const lines = await Promise.all(
      offsets.map(async (offset) => (isSample(offset) ? null : readNewLines(drive, offset, (chunk) => monitor.read(chunk)))),
    );
    const isBehind = lines.some((reading) => reading?.more === true);
    return Promise.all(
      offsets.map(async (offset, index) => {
        const read = lines[index];
        if (read != null) return read;
        if (isBehind) return { offset, reading: null, more: true };
        return readNewLines(drive, offset, (chunk) => sampler.read(chunk, uptimeSeconds));
      }),
    );
  }

  return {
    async look({ final, extraReasons }) {
      // The state first: once it says that the job is over, what is read after it is all there is.
      const state = await drive.session.call(detachedExecutor.watch(drive.actor, place));
      const finding = judgeEvidence(state, { incarnation }, goneBefore);
      goneBefore = finding.kind === 'look-again';
      const isElsewhere = finding.kind === 'elsewhere';
      const files = isElsewhere ? [] : await readFiles(state);
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
      const reasons = [...extraReasons, ...stallReasons, ...quiet, ...sampler.reasons()];
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
      if (!isElsewhere) offsets = batch.offsets;
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

function currentOffsets(drive: Drive, files: readonly JobFile[]): OffsetRecord[] {
  const { attempt } = jobPlace(drive);
  const recorded = drive.parts.store.readOffsets(drive.actor.run).filter((offset) => offset.attempt === attempt);
  return files.map(
    ({ name, path }) =>
      recorded.find((offset) => offset.source === name && offset.path === path) ?? unreadFile({ name, path }, attempt),
  );
}

function describeStall({ ageSeconds, limitSeconds, during }: Stall): string {
  const phase = during === null ? '' : ` of "${during}"`;
  const limit = limitSeconds === null ? '' : `, more than ${Math.round(limitSeconds)} s${phase}`;
  return `no progress for ${Math.round(ageSeconds)} s${limit}`;
}
