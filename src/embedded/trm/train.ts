import { setTimeout as wait } from 'node:timers/promises';
import { useCard } from '../card-use.ts';
import type { TpuSlice } from '../machines.ts';
import { loadStep } from '../training/checkpoint.ts';
import { PretendFailure } from '../training/failure.ts';
import { readFaults } from '../training/faults.ts';
import { endWhenOld, liveOn } from '../training/life.ts';
import type { Limits } from '../training/limits.ts';
import type { Run, Standing } from '../training/run.ts';
import { answerStackDumps, takeSteps } from '../training/steps.ts';
import { parseTrmArguments } from './arguments.ts';
import { readTrmConfig, requireData } from './config.ts';
import type { TrmConfig } from './config.ts';
import { chipsInUse, mostExamples, outOfChipMemory } from './failure-texts.ts';
import { openTrmOutputs } from './outputs.ts';
import { meet, readMeeting } from './rendezvous.ts';
import type { Rendezvous } from './rendezvous.ts';

export interface TrmPlaces {
  pretendDir: string;
  python: string;
  /** Null: there is no TPU, and it trains on the CPU. */
  tpu: TpuSlice | null;
}

/** Of the time of a run, the part in which its first step is compiled and nothing is said. */
const compileShare = 0.2;
const termGraceMs = 1000;
const afterTerm = 'SIGTERM';

/** Pretends to be one rank of `kellen/experiments/train_tpu.py`, which has to be started on every worker of the slice. */
export async function trainTrm(args: string[], places: TrmPlaces, limits: Limits): Promise<void> {
  endWhenOld(limits);
  const options = parseTrmArguments(args);
  const faults = readFaults(process.env);
  if (faults.has('rank-missing')) await liveOn(limits);
  if (faults.has('refuse')) throw chipsInUse(process.ppid);
  const meeting = readMeeting(process.env);
  const rank = { rank: meeting.rank, localRank: 0, worldSize: meeting.count };
  const config = readTrmConfig(options, process.env);
  const quietFromStep = faults.stepOf('silent', config.steps) ?? Infinity;
  const outputs = openTrmOutputs(config, rank, { halves: faults.has('partial-lines'), quietFromStep });
  outputs.say('Starting training worker');
  requireData(config);
  const resumed = process.env['FLEET_CHECKPOINT'] ?? '';
  const own = { step: rank.rank === 0 && resumed !== '' ? loadStep(resumed) : 0, stop: null };
  const ranks = await meet(meeting, limits);
  const leaveChips = useCard(places.pretendDir, describeUse(config, places));
  try {
    const { step } = await ranks.agree(own);
    outputs.say(`All ${meeting.count} workers are here`);
    for (const line of introduce(config, places, rank.rank)) outputs.say(line);
    if (step > 0) outputs.say(`Resuming at step ${step}`);
    await compile(config, faults.has('oom'), limits);
    const group = heedTerm(ranks, faults.has('hang'));
    const run: Run = {
      script: 'kellen/experiments/train_tpu.py',
      config,
      rank,
      group,
      faults,
      limits: { ...limits, runSeconds: limits.runSeconds * (1 - compileShare) },
      outputs,
      card: null,
      pretendDir: places.pretendDir,
      step,
      gotTerm: false,
    };
    answerStackDumps(run);
    await takeSteps(run);
    if (group.stoppedBy() === afterTerm) throw new PretendFailure('', 143);
  } finally {
    outputs.finish();
    leaveChips();
    ranks.leave();
  }
}

/**
 * From here on TERM to one rank stops all of them in order; before, it ends that one as it ends any program. A rank that waits
 * for another one ends all the same, soon; one that is to hang does not.
 */
function heedTerm(ranks: Rendezvous, hangs: boolean) {
  let wish: string | null = null;
  let stop: string | null = null;
  process.on('SIGTERM', () => {
    wish = afterTerm;
    if (!hangs) setTimeout(() => process.exit(143), termGraceMs).unref();
  });
  return {
    async agree(own: Standing): Promise<Standing> {
      const agreed = await ranks.agree({ ...own, stop: wish ?? own.stop });
      ({ stop } = agreed);
      return agreed;
    },
    stoppedBy: () => stop,
  };
}

async function compile({ globalBatch }: TrmConfig, wantsTooMuch: boolean, { runSeconds }: Limits): Promise<void> {
  await wait(runSeconds * compileShare * 1000);
  if (wantsTooMuch || globalBatch > mostExamples) throw outOfChipMemory();
}

function introduce(config: TrmConfig, { tpu }: TrmPlaces, rank: number): string[] {
  const device = `Device xla:0 (${tpu?.model ?? 'CPU'})`;
  if (rank !== 0) return [device];
  const { name, globalBatch, batchPerWorker, learningRate, steps, parameters } = config;
  const workers = globalBatch / batchPerWorker;
  return [
    `Config ${name}: global batch ${globalBatch} (${workers} x ${batchPerWorker}), lr ${learningRate}, ${steps} steps`,
    `Model parameters: ${parameters.toLocaleString('en-US')}`,
    device,
  ];
}

/** One process has all chips of its worker. */
function describeUse({ memory, utilizationPercent }: TrmConfig, { python }: TrmPlaces) {
  return { card: 0, processName: python, memoryMiB: memory.reservedMiB, utilizationPercent };
}
