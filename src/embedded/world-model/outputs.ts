import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeCheckpoint } from '../training/checkpoint.ts';
import type { StepFigures } from '../training/curves.ts';
import { openLineFile } from '../training/line-file.ts';
import type { Outputs } from '../training/outputs.ts';
import type { WorldModelConfig } from './config.ts';

export const metricsHeader = 'step,loss,lr,steps_per_second,grad_norm,gpu_mem_mb\n';

/** Writes `metrics.csv` and checkpoints below the folder of the run, and lines such as `Step 100: loss=1.9000, lr=0.000015, time=1.301s`. */
export function openWorldModelOutputs(config: WorldModelConfig, halves: boolean): Outputs {
  const checkpoints = join(config.outDir, 'checkpoints');
  mkdirSync(checkpoints, { recursive: true });
  const metricsPath = join(config.outDir, 'metrics.csv');
  writeFileSync(metricsPath, metricsHeader);
  const rows = openLineFile(metricsPath, halves);
  const startMs = performance.now();
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const checkpointPath = (step: number) => join(checkpoints, `step_${step}.pt`);
  return {
    addSteps: (figures) => {
      const shown = figures.filter(({ step }) => step === 1 || step % config.logEvery === 0 || step === config.steps);
      rows.append(shown.map((each) => formatMetricsRow(each, config)).join(''));
      const seconds = ((performance.now() - startMs) / 1000).toFixed(3);
      for (const each of shown) {
        say(`Step ${each.step}: loss=${formatLoss(each)}, lr=${each.learningRate.toFixed(6)}, time=${seconds}s`);
      }
    },
    addRecord: () => undefined,
    say,
    checkpointPath,
    addCheckpoint: () => undefined,
    complete: (step) => say(`training complete: ${step} steps`),
    writeResult: ({ step }) => {
      if (config.saveEvery === 0 || step % config.saveEvery !== 0) writeCheckpoint(checkpointPath(step), config.checkpointBytes);
    },
    finish: () => rows.finish(),
  };
}

export function formatMetricsRow(figures: StepFigures, { device }: WorldModelConfig): string {
  const { step, learningRate, tokensPerSecond, gradNorm, allocatedMiB } = figures;
  const cells = [step, formatLoss(figures), learningRate.toFixed(8), tokensPerSecond?.toFixed(1) ?? '', formatNumber(gradNorm)];
  return `${[...cells, device === 'cuda' ? allocatedMiB : 0].join(',')}\n`;
}

/** The course of the showcase, on the scale of a world model's loss. */
function formatLoss({ loss }: StepFigures): string {
  return formatNumber(loss / 5);
}

function formatNumber(value: number): string {
  return Number.isNaN(value) ? 'nan' : value.toFixed(4);
}
