import type { Waiver } from '../../store/check-records.ts';
import type { Plan } from '../plan.ts';

/** What the second look before the start adds to the name of a check. */
const again = ', right before the start';

/** The name of a look that is made once more, right before the start. */
export function nameAgain(name: string): string {
  return `${name}${again}`;
}

/** A waiver of a check also holds for the second look at the same. */
export function findWaiver({ waivers }: Pick<Plan, 'waivers'>, name: string): Waiver | null {
  const asked = name.endsWith(again) ? name.slice(0, -again.length) : name;
  const waiver = waivers.find(({ check }) => check === asked);
  return waiver === undefined ? null : { reason: waiver.reason, by: waiver.by, at: waiver.at };
}
