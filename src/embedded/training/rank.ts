import { PretendFailure } from './failure.ts';

/** Where this process stands among the ranks, as torchrun tells it. */
export interface Rank {
  rank: number;
  localRank: number;
  worldSize: number;
}

export function readRank(variables: Readonly<Record<string, string | undefined>>): Rank {
  const read = (name: string, usual: number) => {
    const value = Number(variables[name] ?? usual);
    if (!Number.isInteger(value) || value < 0)
      throw new PretendFailure(`${name}: expected a whole number, got "${variables[name]}"`);
    return value;
  };
  return { rank: read('RANK', 0), localRank: read('LOCAL_RANK', 0), worldSize: read('WORLD_SIZE', 1) };
}
