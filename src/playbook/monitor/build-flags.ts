import type { YamlPath } from '../../yaml.ts';
import type { ReadActions } from './build-actions.ts';
import type { FlagRule, KnownIssue, Monitor } from './monitor.ts';
import type { Reader } from '../reader.ts';
import { listAt, partAt, take } from '../sections.ts';
import { builtInSchema, flagSchema, knownIssueSchema } from './flag-schema.ts';

type Flags = Pick<Monitor, 'flags' | 'knownIssues' | 'silenced'>;

/** `sources`: names of the metrics whose lines can be looked at. */
export function buildFlags(reader: Reader, playbook: unknown, sources: readonly string[], readActions: ReadActions): Flags {
  const around = { sources, readActions };
  return {
    flags: listAt(playbook, 'monitor', 'flags').flatMap((item, index) =>
      buildFlag(reader, ['monitor', 'flags', index], item, around),
    ),
    knownIssues: listAt(playbook, 'monitor', 'known-issues').flatMap((item, index) =>
      buildKnownIssue(reader, ['monitor', 'known-issues', index], item),
    ),
    silenced: buildSilenced(partAt(playbook, 'monitor', 'built-in')),
  };
}

function buildFlag(
  reader: Reader,
  path: YamlPath,
  item: unknown,
  { sources, readActions }: { sources: readonly string[]; readActions: ReadActions },
): FlagRule[] {
  const file = take(flagSchema, item);
  if (file === null) return [];
  const colors = (['red', 'yellow', 'green'] as const).filter((color) => file[color] !== undefined);
  const [color, ...others] = colors;
  const source = color === undefined ? undefined : file[color];
  if (color === undefined || source === undefined || others.length > 0) {
    reader.report(path, `expected one of "red", "yellow" or "green", got ${colors.length === 0 ? 'none' : colors.join(' and ')}`);
    return [];
  }
  reader.pattern([...path, color], source);
  if (file.in !== undefined && !sources.includes(file.in))
    reader.reportUnknown([...path, 'in'], 'metric source with lines', file.in, sources);
  const then = file.then === undefined ? {} : { then: readActions([...path, 'then'], file.then) };
  const { hint = null, expected = false } = file;
  return [{ color, pattern: source, hint, expected, in: file.in ?? null, ...then }];
}

function buildKnownIssue(reader: Reader, path: YamlPath, item: unknown): KnownIssue[] {
  const file = take(knownIssueSchema, item);
  if (file === null) return [];
  reader.pattern([...path, 'when'], file.when);
  return [{ issue: file.issue, url: file.url ?? null, pattern: file.when, hint: file.hint ?? null }];
}

function buildSilenced(value: unknown): 'all' | string[] {
  const file = take(builtInSchema, value);
  if (file === null) return [];
  return file === 'off' ? 'all' : file.without;
}
