import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemCode } from '../../errors.ts';
import { computeFigures } from './curves.ts';
import type { StepFigures } from './curves.ts';
import { PretendFailure } from './failure.ts';
import type { Faults } from './faults.ts';
import type { Limits } from './limits.ts';
import type { Outputs } from './outputs.ts';
import type { Rank } from './rank.ts';
import { writeStackDump } from './stack-dump.ts';
import type { TrainingConfig } from './training-config.ts';

/** One rank of a training that goes on. */
export interface Run {
  /** As a traceback names it. */
  script: string;
  config: TrainingConfig;
  rank: Rank;
  faults: Faults;
  limits: Limits;
  outputs: Outputs;
  /** What a card has in all, as PyTorch tells it; null: it trains on the CPU. */
  cardBytes: number | null;
  step: number;
}

const tickMs = 40;

/** Takes one step after the other until the last, a halt or a fault. The steps are made up; how long they take is real. */
export async function takeSteps(run: Run): Promise<void> {
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
  if (run.step === oomStep) throw outOfMemory(run);
  if (run.step === hangStep) await hang(run, startMs);
  if (run.step === config.steps) outputs.say(`training complete: ${run.step} steps`);
}

/** USR1 writes the stacks and the run goes on. */
export function answerStackDumps({ config, rank, script, outputs }: Run): void {
  process.on('SIGUSR1', () => {
    const path = writeStackDump(config.outDir, rank.rank, script, Date.now());
    outputs.say(`SIGUSR1: stacks written to ${path}`);
  });
}

/** Goes on to step `last`, writing what lies on the way. */
function advance(run: Run, last: number): void {
  const { config, rank, faults, outputs } = run;
  const course = { slow: faults.has('slow'), nanFromStep: faults.stepOf('nan', config.steps) };
  const figures: StepFigures[] = [];
  for (let step = run.step + 1; step <= last; step += 1) figures.push(computeFigures(config, course, rank.rank, step));
  if (figures.length === 0) return;
  outputs.addSteps(figures);
  if (config.saveEvery > 0) {
    for (const { step } of figures) if (step % config.saveEvery === 0) outputs.saveCheckpoint(step);
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

function outOfMemory({ rank: { rank, localRank }, script, cardBytes }: Run): PretendFailure {
  const prefix = `[rank${rank}]:`;
  const said =
    cardBytes === null
      ? "RuntimeError: [enforce fail at alloc_cpu.cpp:83] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 2147483648 bytes."
      : `torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU ${localRank} has a total capacity of ${(cardBytes / 2 ** 30).toFixed(2)} GiB of which 1.12 GiB is free.`;
  return new PretendFailure(
    [
      `${prefix} Traceback (most recent call last):`,
      `${prefix}   File "${script}", line 412, in train_step`,
      `${prefix} ${said}`,
    ].join('\n'),
  );
}

function outOfTime(limits: Limits): PretendFailure {
  return new PretendFailure(`pretend trainer: it has lived ${limits.lifeSeconds} s, the most it may (PRETEND_MAX_SECONDS)`);
}
