import { failureCauses, usageStatus } from '../lifecycle/failure-classes.ts';
import type { YamlPath } from '../yaml.ts';
import type { FallbackRules, ProfileChange } from './playbook.ts';
import type { Reader } from './reader.ts';
import { fallbackSchema, type FallbackFile } from './schema.ts';
import { partAt, take } from './sections.ts';

const defaultAfterSeconds = 20;

export function buildFallback(reader: Reader, playbook: unknown, profiles: readonly string[]): FallbackRules | null {
  const file = take(fallbackSchema, partAt(playbook, 'fallback'));
  if (file === null) return null;
  const byTrainer = file['by-trainer'] ?? null;
  if (byTrainer !== null) reader.pattern(['fallback', 'by-trainer'], byTrainer);
  return { change: buildChange(reader, file, profiles), byTrainer };
}

function buildChange(reader: Reader, file: FallbackFile, profiles: readonly string[]): ProfileChange | null {
  const { on = [], pattern = [], after, to } = file;
  const from = file.from ?? profiles[0];
  if (to === undefined || from === undefined) {
    const wants = (['from', 'on', 'pattern', 'after'] as const).find((key) => file[key] !== undefined);
    if (to !== undefined) reader.reportUnknown(['fallback', 'to'], 'profile', to, profiles);
    else if (wants !== undefined)
      reader.report(['fallback', wants], `"${wants}" needs "to", the profile that the run goes on with`, { part: 'key' });
    else if (file['by-trainer'] === undefined) reader.report(['fallback'], 'expected "to" or "by-trainer"', { part: 'key' });
    return null;
  }
  for (const [key, name] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (!profiles.includes(name)) reader.reportUnknown(['fallback', key], 'profile', name, profiles);
  }
  if (from === to)
    reader.report(['fallback', 'to'], `expected another profile than ${JSON.stringify(from)}, which the run falls back from`);
  const texts = typeof pattern === 'string' ? [pattern] : pattern;
  if (on.length === 0 && texts.length === 0) {
    reader.report(['fallback'], 'expected "on" or "pattern": what the run falls back after', { part: 'key' });
  }
  const causes = on.map((cause, index) => readCause(reader, ['fallback', 'on', index], cause));
  return {
    from,
    to,
    exits: causes.flatMap((cause) => (typeof cause === 'number' ? [cause] : [])),
    failures: causes.flatMap((cause) => (typeof cause === 'string' ? [cause] : [])),
    texts,
    afterSeconds: after === undefined ? defaultAfterSeconds : reader.duration(['fallback', 'after'], after),
  };
}

/** `exit 134` is a number, the class of a failure is a word. */
function readCause(reader: Reader, path: YamlPath, cause: string): number | string {
  const status = Number(/^exit\s+(\d{1,3})$/.exec(cause.trim())?.[1] ?? NaN);
  if (Number.isNaN(status)) {
    if (!/^[a-z][a-z0-9-]*$/.test(cause))
      reader.report(path, `expected "exit 134" or the class of a failure, got ${JSON.stringify(cause)}`);
    else if (!failureCauses.includes(cause)) reader.reportUnknown(path, 'class of failures', cause, failureCauses);
    return cause;
  }
  if (status === 0 || status > 255) reader.report(path, `expected an exit status from 1 to 255, got ${status}`);
  if (status === usageStatus)
    reader.report(path, `exit ${usageStatus} is a program that was used wrongly: it is used wrongly in every profile`);
  return status;
}
