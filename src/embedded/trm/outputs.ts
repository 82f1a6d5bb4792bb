import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeCheckpoint } from '../training/checkpoint.ts';
import type { StepFigures } from '../training/curves.ts';
import { openLineFile } from '../training/line-file.ts';
import type { Outputs } from '../training/outputs.ts';
import type { Rank } from '../training/rank.ts';
import type { TrmConfig } from './config.ts';

const header = 'step,epoch,loss,lr,accuracy,exact_accuracy,steps_per_second\n';
/** So many checkpoints are kept, beside the best one. */
const kept = 5;
/** What a step of the real training takes on the slice. */
const secondsPerStep = 1.4;

/** All ranks say what they do, with their rank in front; rows, checkpoints and the result are rank 0's. */
export function openTrmOutputs(
  config: TrmConfig,
  { rank, worldSize }: Rank,
  { halves, quietFromStep }: { halves: boolean; quietFromStep: number },
): Outputs {
  const checkpoints = join(config.outDir, 'checkpoints');
  mkdirSync(rank === 0 ? checkpoints : config.outDir, { recursive: true });
  const metrics = join(config.outDir, 'metrics.csv');
  if (rank === 0 && !existsSync(metrics)) writeFileSync(metrics, header);
  const rows = rank === 0 ? openLineFile(metrics, halves) : null;
  const saved = rank === 0 ? listSteps(checkpoints) : [];
  let best = -1;
  let isQuiet = false;
  let last: StepFigures | null = null;
  const say = (text: string) => {
    if (!isQuiet) process.stdout.write(`[Rank ${rank}/${worldSize}] ${text}\n`);
  };
  const isShown = ({ step }: StepFigures) => step % (rank === 0 ? config.logEvery : config.logEvery * 10) === 0;
  const checkpointPath = (step: number) => join(checkpoints, `step_${step}.pt`);

  const evaluate = (step: number) => {
    const value = last === null ? 0 : exactAccuracyOf(config, last);
    say(`eval step ${step}: exact_accuracy ${value.toFixed(4)} (reduced over ${worldSize} workers)`);
    if (value <= best) return;
    best = value;
    writeCheckpoint(join(checkpoints, 'best.pt'), config.checkpointBytes);
    const content = { step, metric: 'exact_accuracy', value: Number(value.toFixed(4)) };
    writeFileSync(join(checkpoints, 'best.json'), `${JSON.stringify(content)}\n`);
  };
  const addCheckpoint = (step: number) => {
    say(`Saved checkpoint ${checkpointPath(step)}`);
    saved.push(step);
    for (const old of saved.splice(0, Math.max(0, saved.length - kept))) rmSync(checkpointPath(old), { force: true });
    evaluate(step);
  };
  return {
    addSteps: (figures) => {
      last = figures.at(-1) ?? last;
      rows?.append(
        figures
          .filter(isShown)
          .map((each) => formatRow(each, config))
          .join(''),
      );
      const heard = figures.filter(({ step }) => step < quietFromStep);
      for (const each of heard.filter(isShown)) say(formatLine(each, rank));
      isQuiet ||= heard.length < figures.length;
    },
    addRecord: () => undefined,
    say,
    checkpointPath,
    addCheckpoint,
    writeResult: ({ step }) => {
      if (rank !== 0 || (config.saveEvery > 0 && step % config.saveEvery === 0)) return;
      writeCheckpoint(checkpointPath(step), config.checkpointBytes);
      addCheckpoint(step);
    },
    complete: (step) => say(rank === 0 ? `Training complete: ${step} steps` : 'done'),
    finish: () => rows?.finish(),
  };
}

function formatRow(figures: StepFigures, config: TrmConfig): string {
  const { step, learningRate } = figures;
  const exact = exactAccuracyOf(config, figures);
  const epoch = Math.floor((step * config.globalBatch) / config.puzzles);
  const cells = [step, epoch, formatLoss(figures), learningRate.toExponential(4), (0.4 + 0.6 * exact).toFixed(4)];
  return `${[...cells, exact.toFixed(4), (1 / secondsPerStep).toFixed(3)].join(',')}\n`;
}

function formatLine(figures: StepFigures, rank: number): string {
  const pace = `${secondsPerStep.toFixed(2)} s/step`;
  if (rank !== 0) return `step ${figures.step} | ${pace}`;
  return `step ${figures.step} | loss ${formatLoss(figures)} | lr ${figures.learningRate.toExponential(2)} | ${pace}`;
}

/** The course of the showcase, on the scale of this loss. */
function formatLoss({ loss }: StepFigures): string {
  return Number.isNaN(loss) ? 'nan' : (loss / 6).toFixed(4);
}

/** Of whole sudokus. */
function exactAccuracyOf({ scheduledSteps }: TrmConfig, { step, fetchMs }: StepFigures): number {
  const noise = (fetchMs - 9) / 500;
  return Math.min(1, Math.max(0, 0.87 * (1 - Math.exp((-4 * step) / scheduledSteps)) + noise));
}

/** What an earlier process of this run name has saved is of the last ones too. */
function listSteps(folder: string): number[] {
  const steps = readdirSync(folder).flatMap((name) => /^step_(\d+)\.pt$/.exec(name)?.[1] ?? []);
  return steps.map(Number).toSorted((one, other) => one - other);
}
