import type { Waiver } from '../../store/check-records.ts';
import type { Plan } from '../plan.ts';

/** What a waiver may hold for. */
export interface Waivable {
  name: string;
  /** The check that it looks at once more, under a name of its own: a waiver of that one holds for this look, too. */
  repeats?: string | undefined;
}

export function findWaiver({ waivers }: Pick<Plan, 'waivers'>, { name, repeats = name }: Waivable): Waiver | null {
  const waiver = waivers.find(({ check }) => check === repeats);
  return waiver === undefined ? null : { reason: waiver.reason, by: waiver.by, at: waiver.at };
}
