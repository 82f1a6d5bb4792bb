import { formatSize } from '../../language/units.ts';
import type { Reason } from '../../monitor/health.ts';
import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import { askIsWhole, listCheckpoints } from '../../remote/checkpoints.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';
import { planChores } from './chores.ts';
import { compareCheckpoints } from './compare.ts';
import { watchExpectation } from './expect-next.ts';
import { openKnown, type Known } from './known.ts';
import { openLane } from './lane.ts';
import { Detached } from '../lease-lost.ts';
import { watchMetrics } from './metric-at.ts';
import { newestFirst, settle } from './rules.ts';
import { areSafetensorsWhole } from './safetensors.ts';

const lookEveryMs = 3_000;
const metricsEveryMs = 30_000;
/** Whoever still writes when the job is over is not waited for. */
const looksAtTheEnd = 3;
const betweenLastLooksMs = 1_000;

/** The eyes on the checkpoints of a job. What takes long goes on beside the looks. */
export interface CheckpointWatch {
  /** `step`: where the training is. */
  look(step: number | null): Promise<void>;
  reasons(): Reason[];
  /** The job is over: every checkpoint is settled. */
  lookLast(): Promise<void>;
  /** The same, and each is loaded where that is asked for. */
  settle(): Promise<void>;
  /** The same; then the copies are made, each tried once more, and what need not stay is removed. */
  finish(): Promise<void>;
  /** What is at work is given up. Whoever comes later goes on with it. */
  leave(): void;
}

const nothing: CheckpointWatch = {
  look: () => Promise.resolve(),
  reasons: () => [],
  lookLast: () => Promise.resolve(),
  settle: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  leave: () => undefined,
};

export function watchCheckpoints(drive: Drive): CheckpointWatch {
  const rules = drive.plan.playbook.monitor?.checkpoints ?? null;
  return rules === null ? nothing : watch(drive, rules);
}

function watch(driven: Drive, rules: CheckpointRules): CheckpointWatch {
  const { clock } = driven.parts;
  const left = new AbortController();
  const drive: Drive = { ...driven, signal: AbortSignal.any([driven.signal, left.signal]) };
  const known = openKnown(drive);
  const chores = planChores(drive, rules, known);
  const lanes = {
    loads: openLane(() => chores.nextLoad(), drive.signal),
    copies: openLane(() => chores.nextCopy(), drive.signal),
  };
  const expectation = watchExpectation(rules, () => clock.monotonic());
  const metrics = watchMetrics(drive, rules, known);
  let [lookedAt, metricsAt] = [-Infinity, -Infinity];

  async function look(): Promise<void> {
    lookedAt = clock.monotonic();
    const isSettled = await lookAtHost(drive, rules, known);
    if (!isSettled && clock.monotonic() - metricsAt < metricsEveryMs) return;
    metricsAt = clock.monotonic();
    await metrics.record();
  }

  async function lookLast(): Promise<void> {
    for (let looks = 1; ; looks++) {
      drive.signal.throwIfAborted();
      await look();
      if (looks === looksAtTheEnd || !known.all().some(({ state }) => state === 'writing')) break;
      await clock.wait(betweenLastLooksMs, drive.signal);
    }
    await metrics.record();
  }

  async function settle(): Promise<void> {
    await lookLast();
    chores.forgetWaits();
    await lanes.loads.finish();
  }

  return {
    async look(step) {
      expectation.see(step);
      if (clock.monotonic() - lookedAt >= lookEveryMs) await look();
      lanes.loads.goOn();
      lanes.copies.goOn();
    },
    reasons: () => [
      ...expectation.reasons(known.all()),
      ...describeNewest(known.all()),
      ...chores.troubles().map((text) => ({ color: 'yellow' as const, text })),
    ],
    lookLast,
    settle,
    async finish() {
      await settle();
      await lanes.copies.finish();
    },
    leave: () => left.abort(new Detached()),
  };
}

/** True: one more is settled. */
async function lookAtHost(drive: Drive, rules: CheckpointRules, known: Known): Promise<boolean> {
  const { workdir } = drive.plan.playbook;
  const { run } = drive.actor;
  const found = await drive.session.call(listCheckpoints(workdir, rules.path, { run, worker: 0 }));
  const { attempt } = drive.record();
  const seen = { known: known.all(), found, stamps: known.stamps, pattern: rules.path, attempt, now: drive.parts.clock.now() };
  const { changes, still } = compareCheckpoints(seen);
  known.look(found);
  for (const change of changes) known.record(change);
  for (const record of still) {
    const { path } = record;
    const isWhole = (await drive.session.call(askIsWhole(workdir, path))) && (await areSafetensorsWhole(drive, path));
    const settled = settle(rules, record, isWhole);
    known.record(
      { record: settled, text: describeSettled(settled) },
      { odd: settled.message !== null, stamp: known.stamps.get(path) },
    );
  }
  return still.length > 0;
}

function describeSettled({ path, size, state, message }: CheckpointRecord): string {
  if (message === null) return `checkpoint ${path} (${formatSize(size)})`;
  return state === 'invalid' ? `checkpoint ${path} is not usable: ${message}` : `checkpoint ${path} (${message})`;
}

/** The newest one alone: what came right since is no trouble any more. */
function describeNewest(records: readonly CheckpointRecord[]): Reason[] {
  const [newest] = newestFirst(records.filter(({ state }) => state !== 'writing' && state !== 'removed'));
  return newest?.message == null ? [] : [{ color: 'yellow', text: `checkpoint ${newest.path}: ${newest.message}` }];
}
