import { useCard } from '../card-use.ts';
import { writeEnvFile } from './env-file.ts';
import type { Build } from './env-file.ts';
import { parseFaults } from './faults.ts';
import type { Limits } from './limits.ts';
import { startLoaders, stopLoaders } from './loaders.ts';
import { openOutputs } from './outputs.ts';
import { readRank } from './rank.ts';
import { answerStackDumps, takeSteps } from './steps.ts';
import type { Run } from './steps.ts';
import { readTrainingConfig } from './training-config.ts';

/** The home of the pretend tools, as seen by a trainer. */
export interface TrainerPlaces {
  pretendDir: string;
  python: string;
  build: Build;
  /** What a card has in all; null: there is none. */
  cardBytes: number | null;
}

const loadersPerRank = 2;
/** What CUDA itself holds on the card beside what torch reserves. */
export const contextMiB = 538;

/** Pretends to be one rank of the training run: the figures are made up, the files, signals and processes are real. */
export async function train(places: TrainerPlaces, limits: Limits): Promise<void> {
  const faults = parseFaults(process.env['PRETEND_FAULT']);
  const rank = readRank(process.env);
  const config = readTrainingConfig(process.env);
  const outputs = openOutputs(config, rank, faults.has('partial-lines'));
  const script = 'scripts/train_showcase.py';
  const run: Run = { script, config, rank, faults, limits, outputs, cardBytes: places.cardBytes, step: 0 };
  process.on('SIGTERM', () => outputs.say(`SIGTERM ignored at step ${run.step}`));
  answerStackDumps(run);
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
