import { basename } from 'node:path';
import { listCardUses } from '../card-use.ts';
import type { CardUse } from '../card-use.ts';
import type { AmdCards, AmdModel } from '../machines.ts';

/** What a card shows at one moment. */
export interface AmdReading {
  index: number;
  model: AmdModel;
  busId: string;
  uses: CardUse[];
  usedBytes: number;
  utilizationPercent: number;
  temperatureC: number;
  powerWatts: number;
}

/** What the driver itself holds on an idle card. */
const idleBytes = 10_563_584;

export function readAmdCards({ model, busIds }: AmdCards, pretendDir: string): AmdReading[] {
  const all = listCardUses(pretendDir);
  return busIds.map((busId, index) => {
    const uses = all.filter((use) => use.card === index);
    const utilizationPercent = Math.min(100, sum(uses.map((use) => use.utilizationPercent)));
    return {
      index,
      model,
      busId,
      uses,
      usedBytes: Math.min(model.memoryMiB * 2 ** 20, idleBytes + sum(uses.map(bytesOf))),
      utilizationPercent,
      temperatureC: 38 + Math.round(utilizationPercent * 0.35),
      powerWatts: Math.round(model.idleWatts + (model.limitWatts - model.idleWatts) * 0.009 * utilizationPercent),
    };
  });
}

/** `name, cards, bytes of memory, SDMA, compute units`, as rocm-smi tells of a process. */
export function describeUse(use: CardUse): string[] {
  return [basename(use.processName), '1', String(bytesOf(use)), '0', '0'];
}

function bytesOf(use: CardUse): number {
  return use.memoryMiB * 2 ** 20;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
