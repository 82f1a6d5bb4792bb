import { PretendFailure } from './failure.ts';

/** Where this process stands among the ranks, as torchrun tells it. */
export interface Rank {
  rank: number;
  localRank: number;
  worldSize: number;
}

export type Variables = Readonly<Record<string, string | undefined>>;

export function readRank(variables: Variables): Rank {
  const read = (name: string, usual: number) => readNumber(variables, name) ?? usual;
  return { rank: read('RANK', 0), localRank: read('LOCAL_RANK', 0), worldSize: read('WORLD_SIZE', 1) };
}

/** Which worker of the run this is, from 0. */
export function readWorker(variables: Variables): number {
  return readNumber(variables, 'FLEET_WORKER_INDEX') ?? readNumber(variables, 'TPU_WORKER_ID') ?? 0;
}

/** Which card a process takes that asks for its nth one: of those that it may see. */
export function visibleCard(variables: Variables, nth: number): number {
  const visible = variables['CUDA_VISIBLE_DEVICES'] ?? variables['HIP_VISIBLE_DEVICES'];
  const cards = (visible ?? '').split(',').filter((word) => /^\d+$/.test(word.trim()));
  return cards.length === 0 ? nth : Number(cards[nth] ?? cards[0]);
}

/** Null where the variable is not set. */
export function readNumber(variables: Variables, name: string): number | null {
  const text = variables[name];
  if (text === undefined) return null;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new PretendFailure(`${name}: expected a whole number, got "${text}"`);
}
