import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepFigures } from './curves.ts';
import { formatLogLine, formatRecord, formatRow } from './formats.ts';
import { openLineFile } from './line-file.ts';
import type { Rank } from './rank.ts';
import type { TrainingConfig } from './training-config.ts';

/** What a rank writes: heartbeat records of its own; metric rows, log lines and the result are rank 0's. */
export interface Outputs {
  /** Log lines, metric rows and records of these steps, in one write per file. */
  addSteps(figures: StepFigures[]): void;
  addRecord(message: string, step: number): void;
  say(text: string): void;
  checkpointPath(step: number): string;
  /** The checkpoint of this step is saved. */
  addCheckpoint(step: number): void;
  writeResult(figures: StepFigures): void;
  /** All is done and written. */
  complete(step: number): void;
  finish(): void;
}

/** `halves`: lines arrive in two parts. `quietFromStep`: the log gets no line from there on. */
export function openOutputs(
  config: TrainingConfig,
  { rank }: Rank,
  { halves, quietFromStep }: { halves: boolean; quietFromStep: number },
): Outputs {
  mkdirSync(config.outDir, { recursive: true });
  const heartbeat = openLineFile(join(config.outDir, `heartbeat_rank${rank}.jsonl`), halves);
  const rows = rank === 0 ? openLineFile(join(config.outDir, 'training.csv'), halves) : null;
  let isQuiet = false;
  const record = (message: string, step: number, figures: StepFigures | null) =>
    formatHeartbeat(config, rank, message, step, figures);
  const say = (text: string) => {
    if (!isQuiet) process.stdout.write(`[rank${rank}] ${text}\n`);
  };
  return {
    addSteps: (figures) => {
      rows?.append(figures.filter(isInRows).map(formatRow).join(''));
      const heard = figures.filter(({ step }) => step < quietFromStep);
      isQuiet ||= heard.length < figures.length;
      if (rank === 0) process.stdout.write(heard.filter(isInLog).map(formatLogLine).join(''));
      heartbeat.append(
        figures
          .filter(isInHeartbeat)
          .map((each) => record('progress', each.step, each) + (isEndRecorded(each) ? record('step_end', each.step, each) : ''))
          .join(''),
      );
    },
    addRecord: (message, step) => heartbeat.append(record(message, step, null)),
    say,
    checkpointPath: (step) => join(config.outDir, `checkpoint_step${step}.pt`),
    addCheckpoint: () => undefined,
    complete: (step) => say(`training complete: ${step} steps`),
    writeResult: (figures) => {
      const result = { steps: figures.step, final_loss: figures.loss, toks_per_s: figures.tokensPerSecond, completed: true };
      if (rank === 0) writeFileSync(join(config.outDir, 'metrics.json'), `${JSON.stringify(result, null, 2)}\n`);
    },
    finish: () => {
      rows?.finish();
      heartbeat.finish();
    },
  };
}

function isInRows({ step }: StepFigures): boolean {
  return step <= 10 || step % 10 === 0;
}

function isInLog({ step }: StepFigures): boolean {
  return step === 1 || step % 20 === 0;
}

function isInHeartbeat({ step }: StepFigures): boolean {
  return step === 1 || (step <= 500 ? step % 10 === 0 : step % 50 === 0);
}

function isEndRecorded({ step }: StepFigures): boolean {
  return step % 500 === 0;
}

function formatHeartbeat(
  config: TrainingConfig,
  rank: number,
  message: string,
  step: number,
  figures: StepFigures | null,
): string {
  const nowMs = Date.now();
  const head = { ts: nowMs / 1000, iso: new Date(nowMs).toISOString(), pid: process.pid, rank, step, msg: message };
  const memory = {
    gpu_mem_alloc: figures?.allocatedMiB ?? config.memory.allocatedMiB,
    gpu_mem_reserved: config.memory.reservedMiB,
  };
  if (figures === null) return formatRecord({ ...head, ...memory });
  return formatRecord({
    ...head,
    ...memory,
    loss: roundTo(figures.loss, 6),
    ...(figures.tokensPerSecond === null ? {} : { toks_per_s: roundTo(figures.tokensPerSecond, 1) }),
    dt_fetch_s: roundTo(figures.fetchMs / 1000, 4),
    grad_norm: roundTo(figures.gradNorm, 4),
    gate_entropy_mean: roundTo(figures.gateEntropyMean, 4),
    gate_max_gate: roundTo(figures.gateMax, 4),
    gate_collapse_frac: roundTo(figures.gateCollapseFraction, 5),
  });
}

function roundTo(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
