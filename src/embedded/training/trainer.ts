import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemCode } from '../../errors.ts';
import { useCard } from '../card-use.ts';
import { writeCheckpoint } from './checkpoint.ts';
import { computeFigures } from './curves.ts';
import type { StepFigures } from './curves.ts';
import { writeEnvFile } from './env-file.ts';
import type { Build } from './env-file.ts';
import { PretendFailure } from './failure.ts';
import { parseFaults } from './faults.ts';
import type { Faults } from './faults.ts';
import type { Limits } from './limits.ts';
import { startLoaders, stopLoaders } from './loaders.ts';
import { openOutputs } from './outputs.ts';
import type { Outputs } from './outputs.ts';
import { readRank } from './rank.ts';
import type { Rank } from './rank.ts';
import { writeStackDump } from './stack-dump.ts';
import { readTrainingConfig } from './training-config.ts';
import type { TrainingConfig } from './training-config.ts';

/** The home of the pretend tools, as seen by a trainer. */
export interface TrainerPlaces {
  pretendDir: string;
  python: string;
  build: Build;
}

const loadersPerRank = 2;
/** What CUDA itself holds on the card beside what torch reserves. */
const contextMiB = 538;
const tickMs = 40;

/** Pretends to be one rank of the training run: the figures are made up, the files, signals and processes are real. */
export async function train(places: TrainerPlaces, limits: Limits): Promise<void> {
  const faults = parseFaults(process.env['PRETEND_FAULT']);
  const rank = readRank(process.env);
  const config = readTrainingConfig(process.env);
  const outputs = openOutputs(config, rank, faults.has('partial-lines'));
  const run: Run = { config, rank, faults, limits, outputs, step: 0 };
  answerSignals(run);
  begin(run, places.build);
  const leaveCard = useCard(places.pretendDir, {
    card: rank.localRank,
    processName: places.python,
    memoryMiB: config.memory.reservedMiB + contextMiB,
    utilizationPercent: config.utilizationPercent,
  });
  const loaders = await startLoaders(places.python, loadersPerRank);
  outputs.addRecord('fineweb_loader_ready', 0);
  try {
    await advanceToEnd(run);
  } finally {
    outputs.finish();
    leaveCard();
    await stopLoaders(loaders);
  }
}

interface Run {
  config: TrainingConfig;
  rank: Rank;
  faults: Faults;
  limits: Limits;
  outputs: Outputs;
  step: number;
}

function begin({ config, rank, faults, outputs }: Run, build: Build): void {
  if (rank.rank === 0) writeEnvFile(config, rank, build, process.env);
  if (faults.has('print-env')) {
    for (const [name, value] of Object.entries(process.env)) outputs.say(`${name}=${value ?? ''}`);
  }
  const what = config.file === null ? 'no CONFIG, training the toy model' : `config ${config.file}`;
  outputs.say(`pretend trainer, pid ${process.pid}: ${what}, ${config.steps} steps, out_dir ${config.outDir}`);
  outputs.addRecord('boot', 0);
}

function answerSignals(run: Run): void {
  process.on('SIGTERM', () => run.outputs.say(`SIGTERM ignored at step ${run.step}`));
  process.on('SIGUSR1', () => {
    const path = writeStackDump(run.config.outDir, run.rank.rank, 'train_step', Date.now());
    run.outputs.say(`SIGUSR1: stacks written to ${path}`);
  });
}

async function advanceToEnd(run: Run): Promise<void> {
  const { config, faults, limits, outputs } = run;
  const hangStep = faults.stepOf('hang', config.steps) ?? Infinity;
  const exitStep = faults.stepOf('exit-early', config.steps) ?? Infinity;
  const oomStep = faults.stepOf('oom', config.steps) ?? Infinity;
  const lastStep = Math.min(config.steps, hangStep, exitStep, oomStep);
  const startMs = performance.now();
  while (run.step < lastStep) {
    await wait(tickMs);
    const seconds = (performance.now() - startMs) / 1000;
    if (seconds > limits.lifeSeconds) throw outOfTime(limits);
    const due = Math.floor((seconds / limits.runSeconds) * config.steps);
    advance(run, Math.min(lastStep, Math.max(run.step === 0 ? 1 : run.step, due)));
    const wish = faults.has('ignore-halt') ? null : readHalt(config.outDir);
    if (wish !== null) {
      outputs.addRecord('halt', run.step);
      outputs.say(`stopping at step ${run.step}: ${wish}`);
      return;
    }
  }
  if (run.step === oomStep) throw outOfMemory(run.rank);
  if (run.step === hangStep) await hang(run, startMs);
  if (run.step === config.steps) outputs.say(`training complete: ${run.step} steps`);
}

/** Goes on to step `last`, writing what lies on the way. */
function advance(run: Run, last: number): void {
  const { config, rank, faults, outputs } = run;
  const course = { slow: faults.has('slow'), nanFromStep: faults.stepOf('nan', config.steps) };
  const figures: StepFigures[] = [];
  for (let step = run.step + 1; step <= last; step += 1) figures.push(computeFigures(config, course, rank.rank, step));
  if (figures.length === 0) return;
  outputs.addSteps(figures);
  if (rank.rank === 0 && config.saveEvery > 0) {
    const due = figures.filter(({ step }) => step % config.saveEvery === 0);
    for (const { step } of due) writeCheckpoint(config.outDir, step, config.checkpointBytes);
  }
  run.step = last;
  const end = figures.at(-1);
  if (end !== undefined && last === config.steps) outputs.writeResult(end);
}

/** Makes no further step and heeds nothing; only the watchdog still writes. */
async function hang({ config, rank, limits, outputs }: Run, startMs: number): Promise<void> {
  if (rank.rank === 0) writeFileSync(join(config.outDir, '.anomaly_type'), 'heartbeat_stall\n');
  while ((performance.now() - startMs) / 1000 < limits.lifeSeconds) {
    await wait(limits.watchdogSeconds * 1000);
    outputs.addRecord('watchdog_dump', 0);
  }
  throw outOfTime(limits);
}

/** What the halt file says, or null when there is none. */
function readHalt(outDir: string): string | null {
  try {
    return readFileSync(join(outDir, '.HALT'), 'utf8').trim() || 'halt: no reason given';
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function outOfMemory({ rank, localRank }: Rank): PretendFailure {
  const lines = [
    `[rank${rank}]: Traceback (most recent call last):`,
    `[rank${rank}]:   File "scripts/train_showcase.py", line 412, in train_step`,
    `[rank${rank}]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU ${localRank} has a total capacity of 79.25 GiB of which 1.12 GiB is free.`,
  ];
  return new PretendFailure(lines.join('\n'));
}

function outOfTime(limits: Limits): PretendFailure {
  return new PretendFailure(`pretend trainer: it has lived ${limits.lifeSeconds} s, the most it may (PRETEND_MAX_SECONDS)`);
}
