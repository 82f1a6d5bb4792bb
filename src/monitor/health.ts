import type { Health } from '../lifecycle/states.ts';
import type { CriterionState } from './criteria.ts';
import type { Flag } from './flags.ts';

/** Why the health is not green. */
export interface Reason {
  color: 'red' | 'yellow';
  text: string;
  /** Of one that is told by an event of its own when it begins. */
  alarm?: string;
}

/** Red over yellow over green; unknown while nothing was seen and nothing is known against the run. */
export function judgeHealth(
  criteria: CriterionState[],
  flags: Flag[],
  extra: Reason[],
  seen: boolean,
): { health: Health; reasons: Reason[] } {
  const reasons = [...extra, ...criteria.flatMap(weighCriterion), ...flags.flatMap(weighFlag)];
  reasons.sort((a, b) => Number(b.color === 'red') - Number(a.color === 'red'));
  const [gravest] = reasons;
  if (gravest !== undefined) return { health: gravest.color, reasons };
  return { health: seen ? 'green' : 'unknown', reasons };
}

function weighCriterion(criterion: CriterionState): Reason[] {
  const { name, verdict, severity, observed, expected, message } = criterion;
  if (verdict === 'violated')
    return [{ color: severity, text: `${name}: expected ${expected ?? ''}, got ${observed ?? 'nothing'}` }];
  if (verdict === 'inconclusive') return [{ color: 'yellow', text: `${name}: inconclusive, ${message ?? 'no reading'}` }];
  if (verdict === 'met' && message !== null) return [{ color: 'yellow', text: `${name}: ${message}` }];
  return [];
}

function weighFlag({ color, text, count, expected, hint }: Flag): Reason[] {
  if (color === 'green' || expected) return [];
  return [{ color, text: `${text}${count > 1 ? ` (${count} times)` : ''}${hint === null ? '' : `: ${hint}`}` }];
}
