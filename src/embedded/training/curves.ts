import type { TrainingConfig } from './training-config.ts';

/** The figures of one training step. The same config gives the same figures each time. */
export interface StepFigures {
  step: number;
  loss: number;
  learningRate: number;
  /** Null: not told yet. */
  tokensPerSecond: number | null;
  gradNorm: number;
  fetchMs: number;
  gateEntropyMean: number;
  gateMax: number;
  gateCollapseFraction: number;
  allocatedMiB: number;
}

export interface Course {
  pace: keyof typeof paces | null;
  /** From here on the loss is NaN. */
  nanFromStep: number | null;
  /** Before it no throughput is told. */
  throughputFromStep: number | null;
}

/** Tokens a second that a fault asks for. */
const paces = { slow: 22, borderline: 39 };

const warmUpSteps = 2_000;

export function computeFigures(config: TrainingConfig, course: Course, rank: number, step: number): StepFigures {
  const noise = (salt: number) => makeNoise(config.seed + rank, step, salt);
  const share = step / config.scheduledSteps;
  const isNan = course.nanFromStep !== null && step >= course.nanFromStep;
  const tokensPerSecond = course.pace === null ? config.tokensPerSecond : paces[course.pace];
  return {
    step,
    loss: isNan ? NaN : 3.35 - 0.5 * share + 7.4 * Math.exp(-step / (0.06 * config.scheduledSteps)) + 0.015 * noise(1),
    learningRate: config.learningRate * Math.min(step / warmUpSteps, 0.55 + 0.45 * Math.cos(Math.PI * share)),
    tokensPerSecond: step < (course.throughputFromStep ?? 0) ? null : tokensPerSecond * (1 + 0.03 * noise(2)),
    gradNorm: isNan ? NaN : 1.1 + 0.4 * Math.exp(-step / 500) + 0.08 * noise(3),
    fetchMs: 9 + 2 * noise(4),
    gateEntropyMean: 0.78 + 0.03 * noise(5),
    gateMax: 0.46 + 0.04 * noise(6),
    gateCollapseFraction: Math.max(0, 0.004 * noise(7)),
    allocatedMiB: config.memory.allocatedMiB + Math.round(20 * noise(8)),
  };
}

/** Evenly spread over -1..1, fixed by its three numbers. */
function makeNoise(seed: number, step: number, salt: number): number {
  let mixed = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(step, 0xc2b2_ae35) ^ Math.imul(salt, 0x27d4_eb2f);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b_3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a_2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) / 0x8000_0000 - 1;
}
