import type { Faults } from './faults.ts';
import type { Limits } from './limits.ts';
import type { Outputs } from './outputs.ts';
import type { Rank } from './rank.ts';
import type { TrainingConfig } from './training-config.ts';

/** Where a rank stands: the step that it goes to next, and why it wants to stop, if it does. */
export interface Standing {
  step: number;
  stop: string | null;
}

/** The ranks on other workers, who take each step together with this one. */
export interface Group {
  /** The step of rank 0, and the first reason to stop that a rank has. Waits for every rank, for as long as it takes. */
  agree(own: Standing): Promise<Standing>;
}

/** One rank of a training that goes on. */
export interface Run {
  /** As a traceback names it. */
  script: string;
  config: TrainingConfig;
  rank: Rank;
  /** Left out: torchrun started all ranks, and ends them. */
  group?: Group;
  faults: Faults;
  limits: Limits;
  outputs: Outputs;
  /** Null: it trains on the CPU. */
  card: TrainingCard | null;
  /** The machine's, where its kernel log lies. */
  pretendDir: string;
  /** The last that was taken; where it resumes, that of the checkpoint. */
  step: number;
  /** It was asked to end, and has gone on. */
  gotTerm: boolean;
}

export interface TrainingCard {
  /** As the vendor's tool tells it. */
  busId: string;
  /** What it has in all, as PyTorch tells it. */
  totalBytes: number;
  runtime: 'CUDA' | 'HIP';
  /** Its memory stays held, and nothing runs on it. */
  idle(): void;
}

/** Whether a fault of a single rank meets this one: of torchrun's the last, of those on several workers whichever has it. */
export function isStruck({ rank: { rank, worldSize }, group }: Run): boolean {
  return group !== undefined || rank === worldSize - 1;
}
