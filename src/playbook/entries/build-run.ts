import type { YamlPath } from '../../yaml.ts';
import type { Reader } from '../reader.ts';
import type { Deed, OutputExpectation } from './entry.ts';
import type { EntryFile, OutputFile } from './entry-schema.ts';

/** An author's command with what is expected of its answer. `path` is the entry's. */
export function buildRun(reader: Reader, path: YamlPath, command: string, expect: EntryFile['expect']): Deed {
  const at = (key: string): YamlPath => [...path, 'expect', key];
  return {
    kind: 'run',
    command,
    expect: {
      exit: expect?.exit ?? 0,
      stdout: expect?.stdout === undefined ? null : buildOutput(reader, at('stdout'), expect.stdout),
      stderr: expect?.stderr === undefined ? null : buildOutput(reader, at('stderr'), expect.stderr),
    },
  };
}

function buildOutput(reader: Reader, path: YamlPath, file: OutputFile): OutputExpectation {
  if (Object.keys(file).length === 0) reader.report(path, 'expected "equals", "one-of", "contains", "matches" or "capture"');
  if (file.matches !== undefined) reader.pattern([...path, 'matches'], file.matches);
  const capture = file.capture === undefined ? null : reader.pattern([...path, 'capture'], file.capture);
  if (capture?.groups.length === 0) reader.report([...path, 'capture'], 'expected a named group such as "(?<passed>\\d+)"');
  if (file.where !== undefined) {
    const names = reader.expression([...path, 'where'], file.where);
    if (file.capture === undefined) reader.report([...path, 'where'], '"where" needs a "capture" beside it', { part: 'key' });
    for (const [name = ''] of names) {
      if (capture !== null && !capture.groups.includes(name))
        reader.reportUnknown([...path, 'where'], 'group of "capture"', name, capture.groups);
    }
  }
  return {
    equals: file.equals ?? null,
    oneOf: file['one-of'] ?? null,
    contains: file.contains ?? null,
    matches: file.matches ?? null,
    capture: file.capture ?? null,
    where: file.where ?? null,
  };
}
