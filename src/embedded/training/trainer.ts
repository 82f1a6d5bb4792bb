import { useCard } from '../card-use.ts';
import { loadStep } from './checkpoint.ts';
import { lacksRank } from './ends.ts';
import { writeEnvFile } from './env-file.ts';
import type { Build } from './env-file.ts';
import { readFaults } from './faults.ts';
import { liveOn } from './life.ts';
import type { Limits } from './limits.ts';
import { startLoaders, stopLoaders } from './loaders.ts';
import { openOutputs } from './outputs.ts';
import { readRank, visibleCard } from './rank.ts';
import type { Run, TrainingCard } from './run.ts';
import { answerStackDumps, takeSteps } from './steps.ts';
import { readTrainingConfig } from './training-config.ts';

/** The home of the pretend tools, as seen by a trainer. */
export interface TrainerPlaces {
  pretendDir: string;
  python: string;
  build: Build;
  /** The cards that PyTorch finds, by their numbers. */
  cards: Omit<TrainingCard, 'idle'>[];
}

const loadersPerRank = 2;
/** What CUDA itself holds on the card beside what torch reserves. */
export const contextMiB = 538;

/** Pretends to be one rank of the training run: the figures are made up, the files, signals and processes are real. */
export async function train(places: TrainerPlaces, limits: Limits): Promise<void> {
  const faults = readFaults(process.env);
  const rank = readRank(process.env);
  if (lacksRank({ faults, rank }) && rank.rank === 1) await liveOn(limits);
  const config = readTrainingConfig(process.env);
  const resumed = process.env['FLEET_CHECKPOINT'] ?? '';
  const step = resumed === '' ? 0 : loadStep(resumed);
  const outputs = openOutputs(config, rank, {
    halves: faults.has('partial-lines'),
    quietFromStep: faults.stepOf('silent', config.steps) ?? Infinity,
  });
  const script = 'scripts/train_showcase.py';
  const use = (utilizationPercent: number) =>
    useCard(places.pretendDir, {
      card: visibleCard(process.env, rank.localRank),
      processName: places.python,
      memoryMiB: config.memory.reservedMiB + contextMiB,
      utilizationPercent,
    });
  const found = places.cards[rank.localRank];
  const card = found === undefined ? null : { ...found, idle: () => void use(0) };
  const run: Run = { script, config, rank, faults, limits, outputs, card, pretendDir: places.pretendDir, step, gotTerm: false };
  process.on('SIGTERM', () => {
    run.gotTerm = true;
    outputs.say(`SIGTERM ignored at step ${run.step}`);
  });
  answerStackDumps(run);
  begin(run, places.build);
  if (resumed !== '') outputs.say(`resuming at step ${step}: ${resumed}`);
  const leaveCard = use(config.utilizationPercent);
  const loaders = await startLoaders(places.python, loadersPerRank);
  outputs.addRecord('fineweb_loader_ready', 0);
  try {
    await takeSteps(run);
  } finally {
    outputs.finish();
    leaveCard();
    await stopLoaders(loaders);
  }
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
