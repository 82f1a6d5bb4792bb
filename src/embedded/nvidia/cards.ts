import { createHash } from 'node:crypto';
import type { NvidiaCards, NvidiaModel } from '../machines.ts';

export interface Card {
  index: number;
  model: NvidiaModel;
  uuid: string;
  serial: string;
  busId: string;
}

/** The cards of the machine whose home is `home`. Their uuids stay the same from start to start. */
export function listCards({ model, busIds }: NvidiaCards, home: string): Card[] {
  return busIds.map((busId, index) => ({
    index,
    model,
    uuid: makeUuid('GPU', `${home} ${busId}`),
    serial: `13206210${28 + index}`,
    busId,
  }));
}

export function makeUuid(kind: string, seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${kind}-${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')}`;
}
