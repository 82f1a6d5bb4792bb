import type { Faults } from './faults.ts';
import type { Limits } from './limits.ts';
import type { Outputs } from './outputs.ts';
import type { Rank } from './rank.ts';
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

/** Of the ranks, the one that a fault of a single rank meets: the last. */
export function isStruck({ rank: { rank, worldSize } }: Run): boolean {
  return rank === worldSize - 1;
}
