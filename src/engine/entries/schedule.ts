import type { Phase } from '../../lifecycle/states.ts';
import type { Entry } from '../../playbook/entries/entry.ts';

/** What is quick is asked as a question, held to this. */
export const questionSeconds = 60;

/**
 * Whether an entry is a unit of its own on the host, that a later controller adopts: an author's command that changes something, or takes long.
 * Everything else only looks, is quick, and may be asked again.
 */
export function isUnit({ kind, deed, expectedTimeSeconds, timeoutSeconds }: Entry): boolean {
  return deed.kind === 'run' && (kind === 'action' || expectedTimeSeconds !== null || (timeoutSeconds ?? 0) > questionSeconds);
}

/** The unit of one try, counted from 1, of the entry of a phase at this position. */
export function unitName({ phase, position }: { phase: Phase; position: number }, number: number): string {
  return `${phase}-${position}${number === 1 ? '' : `-try${number}`}`;
}

/**
 * The order in which a list is walked, as groups of positions; those of one group go on side by side. Quick looks that stand together are asked
 * together, which costs one round trip. In `validate` what is quick comes first, wherever it stands: nothing costly is begun while something
 * cheap fails. With `strict`, one after the other as they stand.
 */
export function scheduleEntries(phase: Phase, entries: readonly Entry[], { strict }: { strict: boolean }): number[][] {
  const positions = entries.map((_, position) => position);
  if (strict) return positions.map((position) => [position]);
  const at = (position: number) => laneOf(entries[position]);
  const ordered =
    phase === 'validate'
      ? [...positions.filter((position) => at(position) === 'quick'), ...positions.filter((position) => at(position) !== 'quick')]
      : positions;
  const groups: number[][] = [];
  for (const position of ordered) {
    const last = groups.at(-1);
    const before = last?.[0];
    if (last !== undefined && before !== undefined && at(position) !== 'alone' && at(before) === at(position))
      last.push(position);
    else groups.push([position]);
  }
  return groups;
}

function laneOf(entry: Entry | undefined): 'quick' | 'parallel' | 'alone' {
  if (entry === undefined || entry.kind === 'action') return 'alone';
  if (!isUnit(entry)) return 'quick';
  return entry.parallel ? 'parallel' : 'alone';
}
