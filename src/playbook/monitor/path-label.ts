import type { YamlPath } from '../../yaml.ts';
import type { Reader } from '../reader.ts';

/** The name in braces of `out/heartbeat_rank{rank}.jsonl`: every match is read, and what stands there is a column. Null: there is none. */
export function findLabel(reader: Reader, path: YamlPath, file: string): string | null {
  const labels = Array.from(file.matchAll(/\{([^{}]*)\}/g), ([, name = '']) => name);
  const [label] = labels;
  if (label === undefined) return null;
  if (labels.length > 1) reader.report(path, `expected one name in braces, got ${labels.length}: ${JSON.stringify(file)}`);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(label))
    reader.report(path, `expected a name of letters, digits and "_" in braces, got ${JSON.stringify(label)}`);
  if (/[*?[]/.test(file))
    reader.report(
      path,
      `a name in braces takes every match, and a glob its newest one: ${JSON.stringify(file)} has both, expected one of them`,
    );
  return label;
}

export function refuseLabel(reader: Reader, path: YamlPath, file: string): void {
  if (/\{[^{}]*\}/.test(file))
    reader.report(path, `a name in braces is for files that are read line by line, got ${JSON.stringify(file)}`);
}
