import { setTimeout as wait } from 'node:timers/promises';
import { useCard } from '../card-use.ts';
import type { Torch } from '../python/torch.ts';
import { loadStep, requireCheckpoint } from '../training/checkpoint.ts';
import { deathBySignal, PretendFailure } from '../training/failure.ts';
import { readFaults } from '../training/faults.ts';
import type { Limits } from '../training/limits.ts';
import { visibleCard } from '../training/rank.ts';
import type { Run } from '../training/run.ts';
import { answerStackDumps, takeSteps } from '../training/steps.ts';
import { parseArguments } from './arguments.ts';
import type { EegArguments } from './arguments.ts';
import { requireCache, windowsPerFile } from './cache.ts';
import { describeApertureViolation, hipBlasLtWarning, selfFallback } from './failure-texts.ts';
import { openMetadata } from './metadata.ts';
import { openEegOutputs } from './outputs.ts';
import type { EegConfig } from './outputs.ts';

export interface EegPlaces {
  pretendDir: string;
  python: string;
  torch: Torch;
}

/** The GPU, when it works, is so many times faster. */
const gpuFactor = 7;

/** Pretends to be `scripts/train_challenge2_r1r2.py`: on the GPU its first batch faults and the process is aborted, on the CPU it trains. */
export async function trainEeg(args: string[], { pretendDir, python, torch }: EegPlaces, limits: Limits): Promise<void> {
  const options = parseArguments(args);
  const faults = readFaults(process.env);
  const config = layOut(options);
  const outputs = openEegOutputs(config, faults.stepOf('silent', config.steps) ?? Infinity);
  const [device] = torch.devices;
  const use = (utilizationPercent: number) =>
    useCard(pretendDir, {
      card: visibleCard(process.env, 0),
      processName: python,
      memoryMiB: config.memory.reservedMiB,
      utilizationPercent,
    });
  const step = options.resume === null ? 0 : loadStep(options.resume) * config.batchesPerEpoch;
  const run: Run = {
    script: 'scripts/train_challenge2_r1r2.py',
    config,
    rank: { rank: 0, localRank: 0, worldSize: 1 },
    faults,
    limits: device === undefined ? limits : { ...limits, runSeconds: limits.runSeconds / gpuFactor },
    outputs,
    card: device === undefined ? null : { ...device, idle: () => void use(0) },
    pretendDir,
    step,
    gotTerm: false,
  };
  answerStackDumps(run);
  for (const line of introduce(options, config, torch)) outputs.say(line);
  if (options.resume !== null) outputs.say(`Resuming from ${options.resume}`);
  outputs.metadata = openMetadata({ batch_size: options.batchSize, max_epochs: options.maxEpochs, note: options.note });
  if (outputs.metadata === null) outputs.say('data/metadata.db is not written: this computer has no python3 with sqlite3');
  const leaveCard = device === undefined ? null : use(97);
  try {
    outputs.say('Processing first batch...');
    if (device !== undefined) await takeFirstBatchOnGpu(run, limits);
    if (run.card === null) leaveCard?.();
    await takeSteps(run);
  } finally {
    leaveCard?.();
  }
}

/** Where the trainer itself falls back, `run` trains on the CPU from here on. */
async function takeFirstBatchOnGpu(run: Run, limits: Limits): Promise<void> {
  process.stderr.write(`${hipBlasLtWarning}\n`);
  await wait((run.limits.runSeconds / 5) * 1000);
  if (run.faults.has('gpu-works')) return;
  if (!run.faults.has('self-fallback')) throw deathBySignal('SIGABRT', describeApertureViolation(process.pid));
  for (const line of selfFallback) run.outputs.say(line);
  run.card = null;
  run.limits = limits;
}

function layOut({ batchSize, maxEpochs }: EegArguments): EegConfig {
  const batchesPerEpoch = Math.max(1, Math.ceil((requireCache().length * windowsPerFile) / batchSize));
  const steps = maxEpochs * batchesPerEpoch;
  return {
    file: null,
    steps,
    scheduledSteps: steps,
    saveEvery: batchesPerEpoch,
    outDir: 'checkpoints/challenge2_r1r2',
    learningRate: 0.002,
    seed: 42,
    checkpointBytes: 2_201_088,
    tokensPerSecond: 0,
    memory: { allocatedMiB: 3_410, reservedMiB: 3_902 },
    utilizationPercent: 97,
    batchesPerEpoch,
    maxEpochs,
  };
}

function introduce(options: EegArguments, config: EegConfig, { build, hipVersion, devices }: Torch): string[] {
  const [device] = devices;
  const ruler = '='.repeat(60);
  return [
    '🚀 Challenge 2 training, releases R1 and R2 (pretend)',
    ruler,
    `PyTorch version: ${build}`,
    `ROCm/HIP version: ${hipVersion ?? 'None'}`,
    `CUDA available: ${device === undefined ? 'False' : 'True'}`,
    ...(device === undefined
      ? ['⚠️  No GPU detected, using CPU']
      : [`GPU 0: ${device.name}`, `  Memory: ${(device.totalBytes / 2 ** 30).toFixed(1)} GB`]),
    `Note: ${options.note}`,
    '',
    '📂 Loading EEG data from: data/hdf5_cache',
    ...requireCache().map((file) => `   ${file}: ${windowsPerFile} windows`),
    '📦 Data loader:',
    `   Batch size: ${options.batchSize}`,
    `   Workers: ${options.numWorkers}`,
    `   Batches per epoch: ${config.batchesPerEpoch}`,
    '🧠 Creating model...',
    '   Input shape: (129, 200)',
    '   Model parameters: 549,570',
    ruler,
    `🏋️  Starting training on ${device === undefined ? 'cpu' : 'cuda:0'}...`,
    ruler,
  ];
}

/** `scripts/check_model.py CHECKPOINT`. Returns what it prints. */
export function checkModel([path, ...more]: string[]): string {
  if (path === undefined || more.length > 0) {
    throw new PretendFailure('usage: check_model.py CHECKPOINT\ncheck_model.py: error: expected one checkpoint', 2);
  }
  requireCheckpoint(path);
  return `${path}: loaded, (1, 129, 200) gives (1, 1), finite\n`;
}
