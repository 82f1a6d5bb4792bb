import { parseRange, parseSizeRange, parseTolerance, type Range } from '../language/range.ts';
import { parseSize } from '../language/units.ts';
import type { Phase } from '../lifecycle/states.ts';
import type { YamlPath } from '../yaml.ts';
import type { Deed, Entry, OutputExpectation } from './playbook.ts';
import type { Reader } from './reader.ts';
import { entrySchema, type EntryFile, type FileSize, type OutputFile } from './schema.ts';
import { listAt, take } from './sections.ts';

type EntryPhase = Extract<Phase, 'prepare' | 'validate' | 'verify'>;

const checkDeeds = ['run', 'accelerators', 'config', 'files'] as const;
const actionDeeds = ['run', 'halt-stale', 'archive'] as const;

/** The ordered list of a phase. `names` has the names used so far, of every phase. */
export function buildEntries(reader: Reader, playbook: unknown, phase: EntryPhase, names: Set<string>): Entry[] {
  return listAt(playbook, phase).flatMap((item, index) => {
    const file = take(entrySchema, item);
    return file === null ? [] : buildEntry(reader, [phase, index], file, names);
  });
}

function buildEntry(reader: Reader, path: YamlPath, file: EntryFile, names: Set<string>): Entry[] {
  const name = file.check ?? file.action;
  if (name === undefined || (file.check !== undefined && file.action !== undefined)) {
    reader.report(path, 'expected either "check" or "action", with a name');
    return [];
  }
  const kind = file.check === undefined ? 'action' : 'check';
  if (names.has(name)) reader.report([...path, kind], `a second check or action is called ${JSON.stringify(name)}`);
  names.add(name);
  const deed = buildDeed(reader, path, kind, file);
  if (deed === null) return [];
  return [
    {
      kind,
      name,
      deed,
      expectedTimeSeconds:
        file['expected-time'] === undefined ? null : reader.duration([...path, 'expected-time'], file['expected-time']),
      severity: file.severity ?? 'fail',
      line: reader.line(path),
    },
  ];
}

function buildDeed(reader: Reader, path: YamlPath, kind: Entry['kind'], file: EntryFile): Deed | null {
  const allowed: readonly string[] = kind === 'check' ? checkDeeds : actionDeeds;
  const given = [...new Set([...checkDeeds, ...actionDeeds])].filter((deed) => file[deed] !== undefined);
  const [only, ...others] = given;
  if (only === undefined || others.length > 0) {
    const got = only === undefined ? 'none' : given.join(' and ');
    reader.report(path, `expected one of ${allowed.map((deed) => `"${deed}"`).join(', ')} in this ${kind}, got ${got}`);
    return null;
  }
  if (!allowed.includes(only)) {
    const other = kind === 'check' ? 'changes something: it belongs to an "action"' : 'only looks: it belongs to a "check"';
    reader.report([...path, only], `"${only}" ${other}`, { part: 'key' });
    return null;
  }
  if (file.expect !== undefined && only !== 'run')
    reader.report([...path, 'expect'], '"expect" goes with "run" alone', { part: 'key' });
  return toDeed(reader, path, file);
}

function toDeed(reader: Reader, path: YamlPath, file: EntryFile): Deed | null {
  if (file.run !== undefined) return buildRun(reader, path, file.run, file.expect);
  if (file.accelerators !== undefined) return { kind: 'accelerators-free' };
  if (file.config !== undefined) return { kind: 'config', ...file.config };
  if (file['halt-stale'] !== undefined) return { kind: 'halt-stale', match: file['halt-stale'].match };
  if (file.archive !== undefined) return { kind: 'archive', globs: [file.archive].flat() };
  if (file.files === undefined) return null;
  const { glob, count = '>= 1', size } = file.files;
  return {
    kind: 'files',
    glob,
    count: reader.range([...path, 'files', 'count'], count, parseRange),
    size: size === undefined ? null : readFileSize(reader, [...path, 'files', 'size'], size),
  };
}

function buildRun(reader: Reader, path: YamlPath, command: string, expect: EntryFile['expect']): Deed {
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

/** `400MB..600MB`, or about a size with a tolerance; bytes. */
export function readFileSize(reader: Reader, path: YamlPath, size: FileSize): Range {
  if (typeof size === 'string') return reader.range(path, size, parseSizeRange);
  const fallback = { low: null, high: null, text: size.about };
  return reader.read(path, () => parseTolerance(size.about, size.tolerance, (text) => parseSize(text).bytes), fallback);
}
