import { parseDurationRange, parseRange, parseSizeRange, parseTolerance, type Range } from '../../language/range.ts';
import { parseSize } from '../../language/units.ts';
import type { YamlPath } from '../../yaml.ts';
import type { FileSize } from '../fields.ts';
import type { Reader } from '../reader.ts';
import { buildCondition, buildConditions } from './build-condition.ts';
import { buildRun } from './build-run.ts';
import { buildPackages } from './build-packages.ts';
import type { Condition, Deed, Entry } from './entry.ts';
import { deedSchemas, type DeedName, type EntryFile } from './entry-schema.ts';

const looks: readonly DeedName[] = [
  'run',
  'accelerators',
  'config',
  'files',
  'git',
  'python',
  'processes',
  'environment',
  'confirm',
  'question',
];
const changes: readonly DeedName[] = ['run', 'send', 'checkout', 'halt-stale', 'archive', 'note', 'quarantine-host'];
const allDeeds = Object.keys(deedSchemas) as DeedName[];

/** The one thing that an entry does. */
export function buildDeed(reader: Reader, path: YamlPath, kind: Entry['kind'], file: EntryFile): Deed | null {
  const allowed = kind === 'check' ? looks : changes;
  const given = allDeeds.filter((deed) => file[deed] !== undefined);
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
  return builders[only](reader, [...path, only], file);
}

/** Each is called only where its part is given. */
const builders: Record<DeedName, (reader: Reader, path: YamlPath, file: EntryFile) => Deed | null> = {
  run: (reader, path, { run, expect }) => (run === undefined ? null : buildRun(reader, path.slice(0, -1), run, expect)),
  accelerators: () => ({ kind: 'accelerators-free' }),
  config: (reader, path, { config }) =>
    config === undefined
      ? null
      : { kind: 'config', file: config.file, expect: buildConditions(reader, [...path, 'expect'], config.expect) },
  files: (reader, path, { files }) => (files === undefined ? null : buildFiles(reader, path, files)),
  git: (reader, path, { git }) => (git === undefined ? null : buildGit(reader, path, git)),
  python: (reader, path, { python }) => (python === undefined ? null : buildPackages(reader, path, python)),
  processes: (reader, path, { processes }) =>
    processes === undefined
      ? null
      : { kind: 'processes', match: processes.match, count: reader.range([...path, 'count'], processes.count ?? 0, parseRange) },
  environment: (reader, path, { environment }) =>
    environment === undefined ? null : { kind: 'environment', expect: buildConditions(reader, path, environment) },
  confirm: (_reader, _path, { confirm }) =>
    confirm === undefined
      ? null
      : { kind: 'question', ask: confirm, answer: 'yes-no', accept: { kind: 'equals', value: 'yes' }, confirms: true },
  question: (reader, path, { question }) =>
    question === undefined
      ? null
      : {
          kind: 'question',
          ask: question.ask,
          answer: question.answer ?? 'text',
          accept: question.accept === undefined ? null : buildAccept(reader, [...path, 'accept'], question),
          confirms: false,
        },
  'halt-stale': (_reader, _path, file) =>
    file['halt-stale'] === undefined ? null : { kind: 'halt-stale', match: file['halt-stale'].match },
  send: (reader, path, { send }) => (send === undefined ? null : buildSend(reader, path, send)),
  checkout: (_reader, _path, { checkout }) =>
    checkout === undefined
      ? null
      : { kind: 'checkout', repository: checkout.repository ?? '.', commit: checkout.commit, to: checkout.to ?? '.' },
  archive: (_reader, _path, { archive }) => (archive === undefined ? null : { kind: 'archive', globs: [archive].flat() }),
  note: (_reader, _path, { note }) => (note === undefined ? null : { kind: 'note', path: note }),
  'quarantine-host': (_reader, _path, file) =>
    file['quarantine-host'] === undefined ? null : { kind: 'quarantine-host', reason: file['quarantine-host'] },
};

function buildFiles(reader: Reader, path: YamlPath, { glob, count, size, age, sha256 }: NonNullable<EntryFile['files']>): Deed {
  return {
    kind: 'files',
    glob,
    count: reader.range([...path, 'count'], count ?? '>= 1', parseRange),
    size: size === undefined ? null : readFileSize(reader, [...path, 'size'], size),
    age: age === undefined ? null : reader.range([...path, 'age'], age, parseDurationRange),
    sha256: sha256?.toLowerCase() ?? null,
  };
}

/** Whole folders are not emptied by a slip. */
const sharedPlaces = /^(?:\.|\/|~)?\/*$/;

function buildSend(reader: Reader, path: YamlPath, { from, to, exclude, delete: remove }: NonNullable<EntryFile['send']>): Deed {
  if (remove === true && (sharedPlaces.test(to) || to.split('/').includes('..')))
    reader.report(
      [...path, 'delete'],
      `expected a folder of its own in "to", got ${JSON.stringify(to)}: all else in it is removed`,
    );
  return { kind: 'send', from, to, exclude: exclude ?? [], delete: remove ?? false };
}

function buildGit(reader: Reader, path: YamlPath, file: NonNullable<EntryFile['git']>): Deed {
  if (file.branch === undefined && file.commit === undefined && file.tag === undefined && file.clean !== true) {
    reader.report(path, 'expected "branch", "commit", "tag" or "clean: true"');
  }
  return {
    kind: 'git',
    path: file.path ?? '.',
    branch: file.branch ?? null,
    commit: file.commit ?? null,
    tag: file.tag ?? null,
    clean: file.clean ?? false,
  };
}

/** What an answer is held to must be something that it can be: "yes" or "no", a number. YAML's true and false are said as yes and no. */
function buildAccept(reader: Reader, path: YamlPath, { answer = 'text', accept }: NonNullable<EntryFile['question']>): Condition {
  const said = answer === 'yes-no' && typeof accept === 'boolean' ? (accept ? 'yes' : 'no') : (accept ?? '');
  const condition = buildCondition(reader, path, said);
  const values = condition.kind === 'equals' ? [condition.value] : condition.kind === 'one-of' ? condition.values : [];
  const fits = {
    text: () => true,
    number: () => condition.kind !== 'matches' && values.every((value) => typeof value === 'number'),
    'yes-no': () => condition.kind !== 'within' && values.every((value) => value === 'yes' || value === 'no'),
  };
  if (!fits[answer]())
    reader.report(path, `expected what an answer of ${JSON.stringify(answer)} can be, got ${JSON.stringify(accept)}`);
  return condition;
}

/** `400MB..600MB`, or about a size with a tolerance; bytes. */
export function readFileSize(reader: Reader, path: YamlPath, size: FileSize): Range {
  if (typeof size === 'string') return reader.range(path, size, parseSizeRange);
  const fallback = { low: null, high: null, text: size.about };
  return reader.read(path, () => parseTolerance(size.about, size.tolerance, (text) => parseSize(text).bytes), fallback);
}
