import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemCode } from '../../errors.ts';
import { computeFigures } from './curves.ts';
import { findEnd } from './ends.ts';
import { endIfOld, liveOn } from './life.ts';
import { pause } from './pause.ts';
import { isStruck } from './run.ts';
import type { Run } from './run.ts';
import { saveCheckpoint, takeSaveWish } from './saves.ts';
import { writeStackDump } from './stack-dump.ts';

const tickMs = 40;

/** Takes one step after the other until the last, a halt or a fault. The steps are made up; how long they take is real. */
export async function takeSteps(run: Run): Promise<void> {
  const { config, faults, limits, outputs } = run;
  const end = findEnd(run);
  const lastStep = end?.step ?? config.steps;
  const firstStep = run.step;
  let startMs = performance.now();
  if (faults.has('slow-first-step') && lastStep > firstStep) startMs += await pause(run);
  while (run.step < lastStep) {
    await wait(tickMs);
    await endIfOld(limits);
    const seconds = (performance.now() - startMs) / 1000;
    const due = firstStep + Math.floor((seconds / limits.runSeconds) * config.steps);
    const own = {
      step: Math.min(lastStep, Math.max(run.step === firstStep ? firstStep + 1 : run.step, due)),
      stop: faults.has('ignore-halt') ? null : readHalt(config.outDir),
    };
    const { step, stop } = (await run.group?.agree(own)) ?? own;
    startMs += await advance(run, Math.min(lastStep, step));
    if (takeSaveWish(run)) startMs += await saveCheckpoint(run);
    if (stop !== null) {
      outputs.addRecord('halt', run.step);
      outputs.say(`stopping at step ${run.step}: ${stop}`);
      return;
    }
  }
  if (end !== null) {
    await end.act();
    return;
  }
  outputs.complete(run.step);
  if (!faults.has('linger')) return;
  outputs.finish();
  await liveOn(limits);
}

/** USR1 writes the stacks and the run goes on. */
export function answerStackDumps({ config, rank, script, outputs }: Run): void {
  process.on('SIGUSR1', () => {
    const path = writeStackDump(config.outDir, rank.rank, script, Date.now());
    outputs.say(`SIGUSR1: stacks written to ${path}`);
  });
}

/** Goes on to step `last`, writing what lies on the way. Returns the milliseconds in which no step was taken. */
async function advance(run: Run, last: number): Promise<number> {
  const { saveEvery } = run.config;
  let pausedMs = 0;
  while (run.step < last) {
    const nextSave = saveEvery > 0 ? (Math.floor(run.step / saveEvery) + 1) * saveEvery : Infinity;
    writeSteps(run, Math.min(last, nextSave));
    if (run.step === nextSave) pausedMs += await saveCheckpoint(run);
  }
  return pausedMs;
}

function writeSteps(run: Run, last: number): void {
  const { config, rank, faults, outputs } = run;
  const stepOf = (name: string) => faults.stepOf(name, config.steps);
  const course = {
    pace: faults.has('slow') ? ('slow' as const) : faults.has('borderline') ? ('borderline' as const) : null,
    nanFromStep: stepOf('nan'),
    throughputFromStep: stepOf('late-metric'),
  };
  const idleFrom = isStruck(run) ? (stepOf('rank-idle') ?? Infinity) : Infinity;
  if (last >= idleFrom) run.card?.idle();
  const steps = Array.from({ length: last - run.step }, (_, index) => run.step + 1 + index);
  const figures = steps.map((step) => computeFigures(config, course, rank.rank, step));
  outputs.addSteps(figures.filter(({ step }) => step < idleFrom));
  run.step = last;
  const end = figures.at(-1);
  if (end !== undefined && last === config.steps) outputs.writeResult(end);
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
