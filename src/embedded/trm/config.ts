import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pythonError } from '../training/failure.ts';
import type { Variables } from '../training/rank.ts';
import { readConfigFile, readNumber, readText } from '../training/training-config.ts';
import type { TrainingConfig } from '../training/training-config.ts';
import type { TrmArguments } from './arguments.ts';

export interface TrmConfig extends TrainingConfig {
  name: string;
  globalBatch: number;
  batchPerWorker: number;
  logEvery: number;
  /** How many examples an epoch has. */
  puzzles: number;
  parameters: number;
  /** The folder of the puzzles. */
  dataDir: string;
}

const parametersOfTheBase = 6_829_058;
/** Weights, their average, and two moments of the optimiser, in four bytes each. */
const bytesPerParameter = 16;

/** The base configuration with what an experiment changes. `TRM_STORAGE` stands before the root of its storage. */
export function readTrmConfig({ config, runName, maxSteps }: TrmArguments, variables: Variables): TrmConfig {
  const folder = 'kellen/configs';
  const file = join(folder, 'experiments', `${config}.yaml`);
  const values = new Map([...readConfigFile(join(folder, 'base.yaml')), ...readConfigFile(file)]);
  const dataset = readText(values, 'training.dataset');
  const puzzles = 1000 * Number(/-(\d+)k-/.exec(dataset)?.[1] ?? 1);
  const globalBatch = readNumber(values, 'training.global_batch_size', 1);
  const width = readNumber(values, 'model.hidden_size', 1) / 512;
  const parameters = Math.round(parametersOfTheBase * width * width * (readNumber(values, 'model.L_layers', 1) / 2));
  const scheduledSteps = Math.floor((readNumber(values, 'training.epochs', 1) * puzzles) / globalBatch);
  const steps = maxSteps ?? scheduledSteps;
  const storage = variables['TRM_STORAGE'] ?? readText(values, 'storage.root');
  return {
    name: config,
    file,
    steps,
    scheduledSteps,
    saveEvery: readNumber(values, 'training.save_every', 0),
    outDir: join(storage, readText(values, 'storage.runs'), runName),
    learningRate: readNumber(values, 'training.lr', 0),
    seed: readNumber(values, 'training.seed', 0),
    checkpointBytes: parameters * bytesPerParameter,
    tokensPerSecond: 0,
    memory: { allocatedMiB: 9_200, reservedMiB: 9_800 },
    utilizationPercent: 88,
    globalBatch,
    batchPerWorker: readNumber(values, 'training.per_worker_batch_size', 1),
    // A quick run would else say nothing at all.
    logEvery: steps < 1000 ? 1 : readNumber(values, 'training.log_every', 1),
    puzzles,
    parameters,
    dataDir: join(storage, readText(values, 'storage.data'), dataset),
  };
}

export function requireData({ dataDir }: TrmConfig): void {
  for (const name of ['all__inputs.npy', 'all__labels.npy']) {
    const path = join(dataDir, 'train', name);
    if (!existsSync(path)) throw pythonError(`FileNotFoundError: [Errno 2] No such file or directory: '${path}'`);
  }
}
