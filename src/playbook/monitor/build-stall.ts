import type { YamlPath } from '../../yaml.ts';
import type { ReadActions } from './build-actions.ts';
import type { Monitor, SlowPhase } from './monitor.ts';
import type { Reader } from '../reader.ts';
import { partAt, take } from '../sections.ts';
import { idleSchema, logSilenceSchema, stallSchema, type SlowPhaseFile } from './stall-schema.ts';

const defaultFirstStep = '10m';
const defaultFloor = '3m';
const defaultIdle = '5m';

export function buildStall(reader: Reader, playbook: unknown, readActions: ReadActions): Monitor['stall'] {
  const path = ['monitor', 'stall'];
  const file = take(stallSchema, partAt(playbook, ...path));
  if (file === null) return null;
  if (partAt(playbook, 'monitor', 'progress') === undefined) {
    reader.report(path, '"stall" is told by progress, and there is no monitor.progress', { part: 'key' });
  }
  const learns = file['no-progress'] === 'auto';
  if (!learns && file['at-least'] !== undefined)
    reader.report([...path, 'at-least'], '"at-least" belongs to "no-progress: auto"', { part: 'key' });
  return {
    noProgressSeconds: learns
      ? reader.duration([...path, 'at-least'], file['at-least'] ?? defaultFloor)
      : reader.duration([...path, 'no-progress'], file['no-progress']),
    firstStepSeconds: reader.duration([...path, 'first-step'], file['first-step'] ?? defaultFirstStep),
    compileSeconds: file.compile === undefined ? null : reader.duration([...path, 'compile'], file.compile),
    learns,
    slow: (file.slow ?? []).flatMap((phase, index) => buildSlowPhase(reader, [...path, 'slow', index], phase)),
    then: readActions([...path, 'then'], file.then ?? ['notify']),
  };
}

function buildSlowPhase(reader: Reader, path: YamlPath, file: SlowPhaseFile): SlowPhase[] {
  const { name, allow } = file;
  const [log, every] = [file.log ?? null, file.every ?? null];
  if ((log === null) === (every === null)) {
    reader.report(path, `expected one of "log" or "every", got ${log === null ? 'none' : 'both'}`);
    return [];
  }
  if (log !== null) reader.pattern([...path, 'log'], log);
  return [{ name, log, every, allowSeconds: reader.duration([...path, 'allow'], allow) }];
}

export function buildLogSilence(reader: Reader, playbook: unknown): NonNullable<Monitor['logSilence']> | null {
  const path = ['monitor', 'log-silence'];
  const file = take(logSilenceSchema, partAt(playbook, ...path));
  if (file === null) return null;
  if (typeof file === 'string') return { seconds: reader.duration(path, file), color: 'yellow' };
  if ('red' in file) return { seconds: reader.duration([...path, 'red'], file.red), color: 'red' };
  return { seconds: reader.duration([...path, 'yellow'], file.yellow), color: 'yellow' };
}

/** On unless the author says otherwise. */
export function buildIdle(reader: Reader, playbook: unknown): NonNullable<Monitor['idle']> | null {
  const path = ['monitor', 'idle'];
  const file = take(idleSchema, partAt(playbook, ...path) ?? {});
  if (file === null || file === 'off') return null;
  return {
    seconds: reader.duration([...path, 'after'], file.after ?? defaultIdle),
    ranks: file.ranks ?? null,
    accelerators: file.accelerators ?? null,
  };
}
