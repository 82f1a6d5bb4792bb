import type { Deed, Entry } from '../playbook/entries/entry.ts';
import { plainEntry } from '../playbook/entries/source-entry.ts';
import type { Scalar } from '../playbook/fields.ts';
import type { Plan } from './plan.ts';

/** A plan as 0.1.0 stored it knew less of what an entry, a playbook and a person can say. */
export function fillGaps(plan: Plan): Plan {
  const fill = (entries: readonly Entry[]) =>
    entries.map((entry) => Object.assign({}, plainEntry, entry, { deed: fillDeed(entry.deed) }));
  const { prepare, validate, verify, rollback = [] } = plan.playbook;
  const entries = { prepare: fill(prepare), validate: fill(validate), verify: fill(verify), rollback: fill(rollback) };
  const playbook = Object.assign({ strictOrder: false }, plan.playbook, entries);
  return Object.assign({ waivers: [], answers: {} }, plan, { playbook });
}

function fillDeed(deed: Deed): Deed {
  if (deed.kind === 'files') return Object.assign({ age: null, sha256: null }, deed);
  if (deed.kind !== 'config') return deed;
  const values = Object.entries<Scalar | (typeof deed.expect)[string]>(deed.expect);
  const expect = values.map(([key, value]) => [key, typeof value === 'object' ? value : { kind: 'equals', value }] as const);
  return { ...deed, expect: Object.fromEntries(expect) as typeof deed.expect };
}
