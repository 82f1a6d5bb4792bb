import type { Problem } from '../problem.ts';
import type { YamlDocument, YamlPath } from '../yaml.ts';

/** Names that the format keeps for what this version does not execute. A step of `*` is any key or list position. */
const reserved: readonly { at: readonly string[]; keys: readonly string[] }[] = [
  {
    at: [],
    keys: ['roles', 'questions', 'notify', 'schedule'],
  },
  ...['prepare', 'validate', 'verify', 'rollback'].map((phase) => ({
    at: [phase, '*'],
    keys: ['answer', 'when', 'role', 'rollback'],
  })),
  { at: ['launch'], keys: ['restart', 'confirm', 'question', 'roles', 'executor'] },
  { at: ['monitor'], keys: ['restart', 'notify'] },
];

/** Every reserved name in use, as a problem, and the document's value without them. */
export function takeOutReserved(document: YamlDocument): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  const value = walk(document.value, [], (path, key) => {
    const taken = reserved.some(({ at, keys }) => keys.includes(key) && fits(at, path));
    if (taken)
      problems.push(
        document.problem([...path, key], `not yet: this version does not execute ${JSON.stringify(key)}`, { part: 'key' }),
      );
    return !taken;
  });
  return { value, problems };
}

/** For the reference. */
export function reservedKeys(): string[] {
  return [...new Set(reserved.flatMap(({ keys }) => keys))];
}

function fits(at: readonly string[], path: YamlPath): boolean {
  return at.length === path.length && at.every((step, index) => step === '*' || step === path[index]);
}

function walk(value: unknown, path: YamlPath, keep: (path: YamlPath, key: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item: unknown, index) => walk(item, [...path, index], keep));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => keep(path, key));
  return Object.fromEntries(kept.map(([key, item]) => [key, walk(item, [...path, key], keep)]));
}
