import type { Plan } from '../../engine/plan.ts';
import type { NewEntry } from '../../store/queue-records.ts';

interface Planned {
  entry: NewEntry;
  plan: Plan;
}

/** Experiments of different names that come to the same, on the same hosts. */
export function tellSame(planned: readonly Planned[]): string[] {
  const first = new Map<string, string>();
  return planned.flatMap(({ entry: { name, hosts }, plan: { profile, playbook } }) => {
    const params = Object.entries(playbook.params).toSorted(([one], [other]) => (one < other ? -1 : 1));
    if (params.length === 0) return [];
    const key = JSON.stringify([params, hosts, profile]);
    const other = first.get(key);
    if (other !== undefined) return [`${name} has the same params as ${other}`];
    first.set(key, name);
    return [];
  });
}

/** A ladder that changes what the entry is about: it may end as another experiment than it is called. */
export function tellLadder(planned: readonly Planned[]): string[] {
  const lines = planned.flatMap(({ entry: { params, playbook: name }, plan: { playbook } }) => {
    const changed = new Set((playbook.ladder?.rungs ?? []).flatMap((rung) => Object.keys(rung)));
    const both = Object.keys(params).filter((param) => changed.has(param));
    return both.length === 0 ? [] : [`after a failure the ladder of ${name} may change ${both.join(', ')}, which was given`];
  });
  return [...new Set(lines)];
}
