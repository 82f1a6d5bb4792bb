import type { CriterionVerdict, Severity } from '../lifecycle/states.ts';

/** What a criterion comes to for one part of its readings. */
export interface Judged {
  verdict: CriterionVerdict;
  severity: Severity;
  observed: string | null;
  /** What was observed, where it is one number. */
  value: number | null;
  message: string | null;
}

export interface NamedJudged extends Judged {
  name: string;
}

/** The worst one speaks for all, and says which it is and what the others have. */
export function joinParts(column: string, parts: readonly NamedJudged[]): Judged | null {
  const [worst, ...others] = [...parts].sort((a, b) => rank(b) - rank(a) || compareNames(a.name, b.name));
  if (worst === undefined) return null;
  const elsewhere = describeRange(others);
  const place = `${column} ${worst.name}`;
  if (rank(worst) === 0) return { ...worst, observed: describeRange(parts) };
  const observed =
    worst.observed === null ? null : `${worst.observed} (${place}${elsewhere === null ? '' : `; others ${elsewhere}`})`;
  return { ...worst, observed, message: worst.message === null ? null : `${place}: ${worst.message}` };
}

function rank({ verdict, severity, message }: Judged): number {
  if (verdict === 'violated') return severity === 'red' ? 5 : 4;
  if (verdict === 'inconclusive') return 3;
  if (verdict === 'pending') return 2;
  return message === null ? 0 : 1;
}

/** From the lowest to the highest; null unless all are known. */
function describeRange(parts: readonly Judged[]): string | null {
  const known = [...parts].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const [lowest, highest] = [known[0], known.at(-1)];
  if (lowest?.observed == null || highest?.observed == null) return null;
  return lowest.observed === highest.observed ? lowest.observed : `${lowest.observed} to ${highest.observed}`;
}

function compareNames(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
