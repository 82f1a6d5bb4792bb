import type { YamlPath } from '../../yaml.ts';
import type { Built } from '../build-playbook.ts';
import type { EntryPhase } from '../entries/build-entries.ts';
import type { Entry } from '../entries/entry.ts';
import type { Scalar } from '../fields.ts';

/** What is likely not meant: a warning, unless it says otherwise. */
export interface Finding {
  path: YamlPath;
  message: string;
  suggestion: string;
  severity?: 'note';
}

/** What an hour on a host costs. */
export interface Price {
  host: string;
  perHour: number;
  currency: string;
}

/** A playbook, in its file, with the params that it would run with; undefined is a value that is not there yet. */
export type Planned = Built & { file: string; params: Readonly<Record<string, Scalar | undefined>> };

/** Looks at one subject. `price` is null where no host is known. */
export type Rule = (planned: Planned, price: Price | null) => Finding[];

/** An entry may belong to a stage, and may go on beside its neighbours. */
export type LintedEntry = Entry & { stage?: string | null; parallel?: boolean };

export interface PlacedEntry {
  path: YamlPath;
  entry: LintedEntry;
}

/** Entries of the lists, in their order, each with its place. */
export function placeEntries(planned: Built, phases: readonly EntryPhase[]): PlacedEntry[] {
  return phases.flatMap((phase) => (planned[phase] ?? []).map((entry, index) => ({ path: [phase, index], entry })));
}

/** What checks expect of configuration files, value by value. */
export function placeExpectations(planned: Built): { path: YamlPath; key: string; value: unknown }[] {
  return placeEntries(planned, ['prepare', 'validate', 'verify']).flatMap(({ path, entry: { deed } }) =>
    deed.kind !== 'config'
      ? []
      : Object.entries(deed.expect).map(([key, expected]) => ({
          path: [...path, 'config', 'expect', key],
          key,
          value: plainValue(expected),
        })),
  );
}

/** An exact value may be written out as a condition. */
function plainValue(expected: unknown): unknown {
  return typeof expected === 'object' && expected !== null && 'value' in expected ? expected.value : expected;
}
