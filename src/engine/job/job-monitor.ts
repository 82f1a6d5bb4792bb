import type { Reason } from '../../monitor/health.ts';
import { createRunMonitor, type Judgement, type SourceRow } from '../../monitor/run-monitor.ts';
import type { MonitorRules } from '../../monitor/rules.ts';
import type { Stall } from '../../monitor/stall.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitState } from '../../remote/executor.ts';
import type { Batch, SampleRow } from '../../store/records.ts';
import { firstAttemptInProfile } from '../attempts/profiles.ts';
import { trainerFallbackRules } from '../attempts/trainer-fallback.ts';
import type { Drive } from '../drive.ts';
import type { EarlierRun } from '../plan.ts';
import { doneRules } from './completion.ts';
import { judgeEvidence, type Finding } from './evidence.ts';
import { describeNews, rememberTold, type Told } from './news.ts';
import { jobPlace } from './job.ts';
import { openJobFiles } from './job-files.ts';
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
  const kernel = watchKernel(drive, monitor);
  const files = openJobFiles(drive, monitor);
  const incarnation = store.readWorkers(run)[0]?.incarnation ?? null;
  let goneBefore = false;
  let told: Told = {
    criteria: new Map(criteria().map(({ name, verdict }) => [name, verdict])),
    flags: store.readFlags(run).length,
    health: drive.record().health,
    alarms: new Set(),
  };

  return {
    async look({ final, extraReasons }) {
      // The state first: once it says that the job is over, what is read after it is all there is.
      const state = await drive.session.call(detachedExecutor.watch(drive.actor, place));
      const finding = judgeEvidence(state, { incarnation }, goneBefore);
      goneBefore = finding.kind === 'look-again';
      const isElsewhere = finding.kind === 'elsewhere';
      const readings = isElsewhere ? [] : await files.read(state, { final });
      if (!isElsewhere) await kernel.look(final);
      const more = readings.some((file) => file.more);
      const samples: Batch['samples'] = readings.flatMap(({ offset, reading }) =>
        reading === null || reading.rows.length === 0
          ? []
          : [{ source: offset.source, attempt: offset.attempt, worker: 0, generation: offset.generation, rows: reading.rows }],
      );
      const stall = monitor.judgeStall(clock.monotonic());
      const stalled = stall.stalled && finding.kind === 'alive';
      const stallText = describeStall(stall);
      const stallReasons = stalled ? [{ color: 'red' as const, text: stallText }] : [];
      const quiet = finding.kind === 'alive' ? monitor.judgeQuiet(clock.monotonic()) : [];
      const reasons = [...extraReasons, ...stallReasons, ...quiet, ...files.reasons()];
      const judgement = monitor.judge({ now: clock.now(), final, behind: more, extraReasons: reasons });
      const batch: Batch = {
        observedAt: clock.now(),
        worker: 0,
        evidence: finding.sentence,
        ...(isElsewhere ? {} : { workerState: { state: state.word, pid: state.pid, exitCode: state.exitCode, incarnation } }),
        offsets: readings.map(({ offset }) => offset),
        samples,
        flags: judgement.flags,
        criteria: judgement.criteria.map((state) => ({ ...state, attempt: place.attempt })),
        progress: rules.progress === null ? null : judgement.progress,
        health: judgement.health,
        events: describeNews(drive, judgement, told),
      };
      drive.must(store.recordBatch(drive.lease, batch));
      const grew = readings.some(({ reading }) => reading !== null);
      files.accept(batch.offsets);
      told = rememberTold(judgement);
      return { finding, state, judgement, stalled, stallText, grew, more };
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

function describeStall({ ageSeconds, limitSeconds, during }: Stall): string {
  const phase = during === null ? '' : ` of "${during}"`;
  const limit = limitSeconds === null ? '' : `, more than ${Math.round(limitSeconds)} s${phase}`;
  return `no progress for ${Math.round(ageSeconds)} s${limit}`;
}
