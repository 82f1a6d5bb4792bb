import { parseDurationRange, type Range } from '../language/range.ts';
import { failureCauses } from '../lifecycle/failure-classes.ts';
import type { RestartRules } from './playbook.ts';
import type { Reader } from './reader.ts';
import { restartSchema } from './schema.ts';
import { partAt, take } from './sections.ts';

const defaultDelay = '30s..10m';

export function buildRestart(reader: Reader, playbook: unknown): RestartRules | null {
  const file = take(restartSchema, partAt(playbook, 'restart'));
  if (file === null) return null;
  if (partAt(playbook, 'launch') === undefined) {
    reader.report(['restart'], '"restart" starts the job again, and there is no "launch"', { part: 'key' });
  }
  for (const [index, name] of file.on.entries()) {
    const path = ['restart', 'on', index];
    if (/^[a-z][a-z0-9-]*$/.test(name)) {
      if (!failureCauses.includes(name)) reader.reportUnknown(path, 'class of failures', name, failureCauses);
    } else if (!/^exit (?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/.test(name)) {
      reader.report(path, `expected a class of failures such as "nccl-timeout", or "exit 75", got ${JSON.stringify(name)}`);
    }
  }
  const { low, high } = reader.range(['restart', 'delay'], file.delay ?? defaultDelay, parseDelay);
  return {
    on: file.on,
    times: file.times,
    delaySeconds: { first: low ?? 0, longest: high ?? 0 },
    withoutProgress: file['without-progress'] ?? null,
  };
}

function parseDelay(text: string): Range {
  const range = parseDurationRange(text);
  if (range.low !== null && range.high !== null) return range;
  throw new RangeError(`expected the first and the longest wait, "${defaultDelay}", got ${JSON.stringify(text)}`);
}
