import { parsePositiveDuration } from '../../language/units.ts';
import type { Phase } from '../../lifecycle/states.ts';
import type { YamlPath } from '../../yaml.ts';
import { buildRequires } from '../build-requires.ts';
import type { Reader } from '../reader.ts';
import { entriesAt, listAt, take } from '../sections.ts';
import { buildDeed } from './build-deed.ts';
import type { Deed, Entry } from './entry.ts';
import { entrySchema, type EntryFile } from './entry-schema.ts';

export type EntryPhase = Extract<Phase, 'prepare' | 'validate' | 'verify' | 'rollback'>;

/** The ordered list of a phase. `names` has the names used so far, of every phase. */
export function buildEntries(reader: Reader, playbook: unknown, phase: EntryPhase, names: Set<string>): Entry[] {
  const stages = entriesAt(playbook, 'stages').map(([name]) => name);
  return listAt(playbook, phase).flatMap((item, index) => {
    const file = take(entrySchema, item);
    return file === null ? [] : buildEntry(reader, [phase, index], file, { names, stages });
  });
}

function buildEntry(
  reader: Reader,
  path: YamlPath,
  file: EntryFile,
  { names, stages }: { names: Set<string>; stages: string[] },
): Entry[] {
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
  const duration = (key: 'expected-time' | 'timeout') => {
    const text = file[key];
    return text === undefined ? null : reader.read([...path, key], () => parsePositiveDuration(text), 0);
  };
  const entry: Entry = {
    kind,
    name,
    deed,
    expectedTimeSeconds: duration('expected-time'),
    timeoutSeconds: duration('timeout'),
    severity: file.severity ?? 'fail',
    retry: file.retry === undefined ? null : buildRetry(reader, path, file.retry),
    parallel: file.parallel ?? false,
    remember: file.remember?.per ?? null,
    on: file.on ?? 'all',
    unlessGoesOn: file.unless === 'goes-on',
    alike: file.alike ?? false,
    requires: buildRequires(reader, [...path, 'requires'], file.requires),
    quarantine: file.quarantine ?? null,
    hint: file.hint ?? null,
    stage: file.stage ?? null,
    line: reader.line(path),
  };
  if (file.stage !== undefined && !stages.includes(file.stage))
    reader.reportUnknown([...path, 'stage'], 'stage', file.stage, stages);
  reportUnfit(reader, path, entry, file);
  return [entry];
}

function buildRetry(reader: Reader, path: YamlPath, { times, delay }: NonNullable<EntryFile['retry']>): Entry['retry'] {
  return { times, delaySeconds: delay === undefined ? 0 : reader.duration([...path, 'retry', 'delay'], delay) };
}

const onHost = (deed: Deed) => deed.kind !== 'question';

const takesLong: readonly Deed['kind'][] = ['run', 'send', 'checkout'];

/** What cannot be said of such an entry. */
function reportUnfit(reader: Reader, path: YamlPath, { kind, deed }: Entry, file: EntryFile): void {
  const refuse = (key: keyof EntryFile, why: string) => {
    if (file[key] !== undefined) reader.report([...path, key], `"${key}" ${why}`, { part: 'key' });
  };
  if (kind === 'action') {
    refuse('remember', 'goes with a check: an action is done in every run');
    refuse('parallel', 'goes with a check: actions are done one after the other');
    refuse('alike', 'goes with a check: an action finds nothing that could be compared');
  }
  if (!takesLong.includes(deed.kind)) refuse('expected-time', 'goes with "run", "send" and "checkout": everything else is quick');
  if (!onHost(deed))
    for (const key of ['retry', 'timeout', 'remember', 'on', 'alike', 'requires'] as const)
      refuse(key, 'goes with what is looked at on the host');
  const only = file.on === undefined || file.on === 'all' || file.on === 'each' ? null : file.on;
  if (file.alike === true && only !== null)
    refuse('alike', `compares all workers, and "on: ${only}" looks at one: expected one of the two`);
  if ((path[0] === 'verify' || path[0] === 'rollback') && !onHost(deed))
    reader.report(path, 'a person is asked before the launch: expected it in "prepare" or "validate"');
  if (path[0] !== 'prepare' && (deed.kind === 'send' || deed.kind === 'checkout'))
    reader.report([...path, deed.kind], `"${deed.kind}" is for what the job needs: it belongs to "prepare"`, { part: 'key' });
  if (path[0] !== 'rollback' && (deed.kind === 'note' || deed.kind === 'quarantine-host'))
    reader.report([...path, deed.kind], `"${deed.kind}" is about a failure: it belongs to "rollback"`, { part: 'key' });
}
