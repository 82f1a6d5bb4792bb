import { findUnlike, type Trait } from '../../facts/alike.ts';
import type { Facts } from '../../facts/facts.ts';
import { ownChecks } from '../../lifecycle/own-checks.ts';
import type { TargetRecord } from '../../store/records.ts';
import type { Row } from '../entries/check-rows.ts';
import { groupBy } from '../gang/group-by.ts';
import { nameWorkers } from '../gang/name-workers.ts';

/** Whether the workers of a run have the same under them; the odd ones are named. `facts` in the order of the targets. */
export function compareFacts(targets: readonly TargetRecord[], facts: readonly Facts[]): Row {
  const unlike = findUnlike(facts);
  const name = ownChecks.workersAlike;
  const expected = 'the same system, python and accelerators, and one time, on every worker';
  if (unlike.length === 0) {
    return { name, result: 'pass', expected, observed: `${targets.length} workers alike`, message: null, seconds: null };
  }
  const observed = unlike.map((trait) => describeTrait(targets, trait)).join('; ');
  return {
    name,
    result: 'warn',
    expected,
    observed,
    message: 'a run on unlike workers is as slow, or as wrong, as the odd one',
    seconds: null,
  };
}

/** `python: worker 5 has 3.10.12, workers 0-4, 6 and 7 have 3.11.9`: the few first. */
function describeTrait(targets: readonly TargetRecord[], { name, values }: Trait): string {
  const groups = [...groupBy(targets, ({ index }) => values[index] ?? 'unknown')].sort(([, a], [, b]) => a.length - b.length);
  const parts = groups.map(([value, those]) => `${nameWorkers(targets, those)} ${those.length === 1 ? 'has' : 'have'} ${value}`);
  return `${name}: ${parts.join(', ')}`;
}
