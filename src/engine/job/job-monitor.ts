import type { Reason } from '../../monitor/health.ts';
import { createRunMonitor, type Judgement } from '../../monitor/run-monitor.ts';
import type { MonitorRules } from '../../monitor/rules.ts';
import type { Stall } from '../../monitor/stall.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitState } from '../../remote/executor.ts';
import type { Batch, OffsetRecord } from '../../store/store.ts';
import { createAcceleratorSampler } from './accelerator-sampler.ts';
import type { Drive } from '../drive.ts';
import { judgeEvidence, type Finding } from './evidence.ts';
import { describeNews, rememberTold, type Told } from './news.ts';
import { readNewLines } from './read-files.ts';
import { jobPlace, launchOf } from './start-job.ts';

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
  const sampler = createAcceleratorSampler(drive, monitor);
  let offsets = currentOffsets(drive);
  const incarnation = store.readWorkers(run)[0]?.incarnation ?? null;
  let goneBefore = false;
  let told: Told = {
    criteria: new Map(store.readCriteria(run).map(({ name, verdict }) => [name, verdict])),
    flags: store.readFlags(run).length,
    health: drive.record().health,
  };

  return {
    async look({ final, extraReasons }) {
      // The state first: once it says that the job is over, what is read after it is all there is.
      const state = await drive.session.call(detachedExecutor.watch(drive.actor, place));
      const finding = judgeEvidence(state, { incarnation }, goneBefore);
      goneBefore = finding.kind === 'look-again';
      const isElsewhere = finding.kind === 'elsewhere';
      const files = isElsewhere
        ? []
        : await Promise.all(offsets.map((offset) => readNewLines(drive, offset, (chunk) => monitor.read(chunk))));
      const samples: Batch['samples'] = files.flatMap(({ offset, reading }) =>
        reading === null || reading.rows.length === 0
          ? []
          : [{ source: offset.source, attempt: offset.attempt, worker: 0, generation: offset.generation, rows: reading.rows }],
      );
      if (state.word === 'running') samples.push(...(await sampler.sampleWhenDue()));
      const stall = monitor.judgeStall(clock.monotonic());
      const stalled = stall.stalled && finding.kind === 'alive';
      const stallText = describeStall(stall);
      const stallReasons = stalled ? [{ color: 'red' as const, text: stallText }] : [];
      const reasons = [...extraReasons, ...stallReasons, ...sampler.reasons()];
      const judgement = monitor.judge({ final, extraReasons: reasons });
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
        more: files.some(({ more }) => more),
      };
    },
  };
}

function currentOffsets(drive: Drive): OffsetRecord[] {
  const { attempt } = jobPlace(drive);
  const recorded = drive.parts.store.readOffsets(drive.actor.run).filter((offset) => offset.attempt === attempt);
  const files = [
    { name: 'log', path: launchOf(drive).log },
    ...(drive.plan.playbook.monitor?.metrics ?? []).flatMap((source) => ('path' in source ? [source] : [])),
  ];
  return files.map(
    ({ name, path }) =>
      recorded.find((offset) => offset.source === name) ?? {
        attempt,
        worker: 0,
        source: name,
        path,
        inode: null,
        head: null,
        headBytes: 0,
        offset: 0,
        generation: 0,
      },
  );
}

function describeStall({ ageSeconds, limitSeconds }: Stall): string {
  const limit = limitSeconds === null ? '' : `, more than ${Math.round(limitSeconds)} s`;
  return `no progress for ${Math.round(ageSeconds)} s${limit}`;
}
