import { mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StepFigures } from '../training/curves.ts';
import type { Outputs } from '../training/outputs.ts';
import type { TrainingConfig } from '../training/training-config.ts';
import type { Metadata } from './metadata.ts';

export interface EegConfig extends TrainingConfig {
  batchesPerEpoch: number;
  maxEpochs: number;
}

export interface EegOutputs extends Outputs {
  metadata: Metadata | null;
}

/** Says all twice, on the terminal and in `logs/training_rocm_optimized_TIME.log`, as a logger of Python with two handlers. */
export function openEegOutputs(config: EegConfig, quietFromStep: number): EegOutputs {
  mkdirSync(config.outDir, { recursive: true });
  mkdirSync('logs', { recursive: true });
  const log = openSync(join('logs', `training_rocm_optimized_${formatTime(new Date())}.log`), 'a');
  const { batchesPerEpoch, maxEpochs } = config;
  const epochOf = (step: number) => Math.ceil(step / batchesPerEpoch);
  let isQuiet = false;
  let losses: number[] = [];
  let epochStartMs = performance.now();
  const say = (text: string) => {
    if (isQuiet) return;
    process.stdout.write(`${text}\n`);
    writeSync(log, `${text}\n`);
  };
  const addStep = (figures: StepFigures) => {
    const loss = lossOf(figures);
    const batch = ((figures.step - 1) % batchesPerEpoch) + 1;
    isQuiet ||= figures.step >= quietFromStep;
    losses.push(loss);
    if (batch === 1) {
      epochStartMs = performance.now();
      losses = [loss];
      say(`\nEpoch ${epochOf(figures.step)}/${maxEpochs}`);
    }
    if (batch === 1 || batch % 10 === 0 || batch === batchesPerEpoch) {
      say(`  Batch ${batch}/${batchesPerEpoch} - loss: ${formatLoss(loss)}`);
    }
  };
  const outputs: EegOutputs = {
    metadata: null,
    addSteps: (figures) => figures.forEach(addStep),
    addRecord: () => undefined,
    say,
    checkpointPath: (step) => join(config.outDir, `challenge2_r1r2_epoch${epochOf(step)}.pth`),
    addCheckpoint: (step) => {
      const trainLoss = losses.reduce((total, each) => total + each, 0) / losses.length;
      const [epoch, checkpoint] = [epochOf(step), outputs.checkpointPath(step)];
      say(`  Epoch ${epoch} avg loss: ${formatLoss(trainLoss)}`);
      say(`  Val loss: ${formatLoss(trainLoss * 1.04)}`);
      say(`💾 Checkpoint saved: ${checkpoint}`);
      const seconds = (performance.now() - epochStartMs) / 1000;
      outputs.metadata?.addEpoch({ epoch, trainLoss, validationLoss: trainLoss * 1.04, seconds, checkpoint });
    },
    writeResult: () => undefined,
    complete: () => say(`\n✅ Training completed successfully!\nModel saved: ${outputs.checkpointPath(config.steps)}`),
    finish: () => undefined,
  };
  return outputs;
}

/** The course of the showcase, on the scale of this loss. */
function lossOf({ loss }: StepFigures): number {
  return loss / 14;
}

function formatLoss(loss: number): string {
  return Number.isNaN(loss) ? 'nan' : loss.toFixed(4);
}

/** `20261127_190501`, by the clock of this computer. */
function formatTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}_${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}
