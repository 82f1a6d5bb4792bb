import type { Reason } from './health.ts';
import type { Row } from './reading.ts';
import type { IdleRule } from './rules.ts';

export interface IdleAccelerators {
  /** A row of a sample; those of another attempt begin anew. */
  seeRow(row: Row, attempt: number, worker: number): void;
  reasons(): Reason[];
}

interface Card {
  worker: number;
  index: number;
  firstAt: number;
  busyAt: number | null;
  idleSamples: number;
}

/** Percent. Between the two nothing is said. */
const [idleBelow, busyFrom] = [5, 20];
/** In a row: one may fall between two steps. */
const fewestSamples = 3;

/** Times are those of the samples, so that a late reading changes nothing. Utilization that is not known is neither busy nor idle. */
export function watchAccelerators(rule: IdleRule | null): IdleAccelerators {
  let cards = new Map<string, Card>();
  let current = 0;
  let newest = 0;

  const isIdle = ({ index, firstAt, busyAt, idleSamples }: Card, seconds: number, count: number | null) =>
    idleSamples >= fewestSamples &&
    newest - (busyAt ?? firstAt) > seconds * 1000 &&
    (busyAt !== null || (count !== null && index < count));

  return {
    seeRow(row, attempt, worker) {
      const { index, utilization } = row.columns;
      if (typeof index !== 'number' || typeof utilization !== 'number' || attempt < current) return;
      if (attempt > current) cards = new Map();
      current = attempt;
      newest = Math.max(newest, row.at);
      const key = `${worker}/${index}`;
      const card = cards.get(key) ?? { worker, index, firstAt: row.at, busyAt: null, idleSamples: 0 };
      cards.set(key, card);
      if (utilization >= busyFrom) card.busyAt = row.at;
      card.idleSamples = utilization < idleBelow ? card.idleSamples + 1 : 0;
    },
    reasons() {
      if (rule === null) return [];
      const all = [...cards.values()];
      const busySince = newest - (rule.seconds * 1000) / 2;
      if (!all.some(({ busyAt }) => busyAt !== null && busyAt >= busySince)) return [];
      return all
        .filter((card) => isIdle(card, rule.seconds, rule.accelerators))
        .map(({ worker, index, firstAt, busyAt }) => ({
          color: 'yellow',
          text: `accelerator ${worker === 0 ? '' : `${worker}/`}${index} is idle for ${Math.round((newest - (busyAt ?? firstAt)) / 1000)} s, while others work`,
          alarm: `accelerator-${worker}-${index}`,
        }));
    },
  };
}
