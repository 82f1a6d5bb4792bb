import type { Reason } from '../../monitor/health.ts';
import { createRunMonitor, type Judgement, type SourceRow } from '../../monitor/run-monitor.ts';
import type { MonitorRules } from '../../monitor/rules.ts';
import type { Stall } from '../../monitor/stall.ts';
import type { UnitState } from '../../remote/executor.ts';
import type { Batch, SampleRow } from '../../store/records.ts';
import { firstAttemptInProfile } from '../attempts/profiles.ts';
import { trainerFallbackRules } from '../attempts/trainer-fallback.ts';
import type { Drive } from '../drive.ts';
import type { EarlierRun } from '../plan.ts';
import { doneRules } from './completion.ts';
import type { Finding } from './evidence.ts';
import { judgeGang, type GangFinding } from '../gang/judge-gang.ts';
import { lookInRounds } from '../gang/look-round.ts';
import { ofWorker } from '../gang/name-workers.ts';
import { reasonsOfGang } from '../gang/reasons.ts';
import { openEyes, type Sight } from '../gang/worker-eyes.ts';
import { readFailed } from '../gang/worker-failed.ts';
import { describeNews, rememberTold, type Told } from './news.ts';

export interface Look {
  /** Of the run: of its worker, or of all of them together. */
  finding: Finding;
  /** Of the worker that decides. */
  state: UnitState;
  gang: GangFinding;
  /** The last look at each worker that has answered. */
  sights: Sight[];
  /** Workers that do not answer. */
  silent: Drive[];
  judgement: Judgement;
  stalled: boolean;
  stallText: string;
  /** Something was written since the look before. */
  grew: boolean;
  /** A file has more than was read in this look. */
  more: boolean;
}

interface LookOptions {
  final: boolean;
  extraReasons: Reason[];
  /** Whether workers that do not answer are waited for. `final` waits for them, too. */
  whole?: boolean;
}

/** The eyes of one controller on one job. What a look brings is stored in one transaction with the offsets it was read to. */
export interface JobMonitor {
  look(options: LookOptions): Promise<Look>;
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
  const { attempt } = drive.record();
  const eyes = drive.workers.map((worker) => openEyes(worker, monitor));
  const round = lookInRounds(drive, eyes);
  let told: Told = {
    criteria: new Map(criteria().map(({ name, verdict }) => [name, verdict])),
    flags: store.readFlags(run).length,
    health: drive.record().health,
    alarms: new Set(),
  };
  let lastStall: Stall = { stalled: false, ageSeconds: 0, limitSeconds: null, during: null };

  return {
    async look({ final, extraReasons, whole = final }) {
      const { sights, silent, findings } = await round({ final, whole });
      const gang = judgeGang(findings, () => readFailed(drive)?.worker ?? null);
      const { finding } = gang;
      const readings = eyes.flatMap((one) => one.takeOut());
      const more = sights.some((sight) => sight.more);
      const samples: Batch['samples'] = readings.flatMap(({ offset, reading }) => {
        if (reading === null || reading.rows.length === 0) return [];
        const { source, worker, generation } = offset;
        return [{ source, attempt: offset.attempt, worker, generation, rows: reading.rows }];
      });
      // Of a worker that does not answer nobody knows whether it goes on.
      const isHeard = silent.length === 0;
      if (isHeard) lastStall = monitor.judgeStall(clock.monotonic());
      const stalled = isHeard && lastStall.stalled && finding.kind === 'alive';
      const stallText = describeStall(lastStall);
      const stallReasons = stalled ? [{ color: 'red' as const, text: stallText }] : [];
      const quiet = isHeard && finding.kind === 'alive' ? monitor.judgeQuiet(clock.monotonic()) : [];
      const ofFiles = eyes.flatMap((one) =>
        one.reasons().map((reason) => ({ ...reason, text: ofWorker(drive.plan.targets, one.worker.target, reason.text) })),
      );
      const reasons = [...extraReasons, ...reasonsOfGang(drive, gang), ...stallReasons, ...quiet, ...ofFiles];
      const judgement = monitor.judge({ now: clock.now(), final, behind: more || !isHeard, extraReasons: reasons });
      const batch: Batch = {
        observedAt: clock.now(),
        workerStates: sights.flatMap(({ worker, state, finding: own }) => {
          const incarnation = eyes[worker.target.index]?.incarnation ?? null;
          const { pid, exitCode } = state;
          return own.kind === 'elsewhere' ? [] : [{ worker: worker.target.index, state: state.word, pid, exitCode, incarnation }];
        }),
        evidence: finding.sentence,
        offsets: readings.map(({ offset }) => offset),
        samples,
        flags: judgement.flags,
        criteria: judgement.criteria.map((state) => ({ ...state, attempt })),
        progress: rules.progress === null ? null : judgement.progress,
        health: judgement.health,
        events: describeNews(drive, judgement, told),
      };
      drive.must(store.recordBatch(drive.lease, batch));
      const grew = readings.some(({ reading }) => reading !== null);
      told = rememberTold(judgement);
      const { state } = sights.find(({ worker }) => worker.target === gang.decides) ?? sights[0] ?? neverLooked(run);
      return { finding, state, gang, sights, silent, judgement, stalled, stallText, grew, more };
    },
  };
}

function neverLooked(run: string): never {
  throw new TypeError(`run ${run}: a look of no worker`);
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
