import { parseStep } from './cells.ts';
import type { Reason } from './health.ts';
import type { Row } from './reading.ts';
import type { IdleRule } from './rules.ts';

export interface IdleRanks {
  seeRow(source: string, row: Row): void;
  /** Once after each successful look. `of`: a rank that has reached it has nothing more to do. */
  look(monotonicMs: number, of: number | null): Reason[];
}

interface Rank {
  step: number;
  /** Null: moved since the last look. */
  movedAt: number | null;
}

/** Rows of one source, by their column `rank`. */
interface Crew {
  ranks: Map<number, Rank>;
  since: number | null;
}

/** One rank that stands still while another goes on holds up all of them, and the sum of their rows hides it. */
export function watchRanks(rule: IdleRule | null): IdleRanks {
  const crews = new Map<string, Crew>();

  return {
    seeRow(source, row) {
      const number = row.step === null ? null : parseStep(row.columns['rank']);
      if (rule === null || number === null || row.step === null) return;
      const crew = crews.get(source) ?? { ranks: new Map<number, Rank>(), since: null };
      crews.set(source, crew);
      const rank = crew.ranks.get(number);
      if (rank?.step !== row.step) crew.ranks.set(number, { step: row.step, movedAt: null });
    },
    look(monotonicMs, of) {
      return [...crews.values()].flatMap((crew) => {
        crew.since ??= monotonicMs;
        for (const rank of crew.ranks.values()) rank.movedAt ??= monotonicMs;
        return rule === null ? [] : [...findStanding(crew, rule, monotonicMs, of), ...findMissing(crew, rule, monotonicMs)];
      });
    },
  };
}

function findStanding({ ranks }: Crew, rule: IdleRule, now: number, of: number | null): Reason[] {
  const ages = [...ranks].map(([number, { step, movedAt }]) => ({ number, step, age: (now - (movedAt ?? now)) / 1000 }));
  if (!ages.some(({ age }) => age <= rule.seconds / 2)) return [];
  return ages
    .filter(({ age, step }) => age > rule.seconds && (of === null || step < of))
    .map(({ number, step, age }) => ({
      color: 'red',
      text: `rank ${number} stands at step ${step} for ${Math.round(age)} s, while others go on`,
      alarm: `rank-${number}`,
    }));
}

function findMissing({ ranks, since }: Crew, rule: IdleRule, now: number): Reason[] {
  if (rule.ranks === null || since === null || (now - since) / 1000 <= rule.seconds) return [];
  return Array.from({ length: rule.ranks }, (_, number) => number)
    .filter((number) => !ranks.has(number))
    .map((number) => ({
      color: 'red',
      text: `rank ${number} has told of no step, and others work for ${Math.round((now - since) / 1000)} s`,
      alarm: `rank-${number}`,
    }));
}
