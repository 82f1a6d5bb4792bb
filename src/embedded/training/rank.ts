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

/** Null where the variable is not set. */
export function readNumber(variables: Variables, name: string): number | null {
  const text = variables[name];
  if (text === undefined) return null;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new PretendFailure(`${name}: expected a whole number, got "${text}"`);
}
