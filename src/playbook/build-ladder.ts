import { suggestName } from '../language/check-schema.ts';
import { failureCauses } from '../lifecycle/failure-classes.ts';
import type { Scalar } from './fields.ts';
import { describeUnknownParam, explainWrong, toParam } from './params.ts';
import type { Ladder } from './playbook.ts';
import type { Reader } from './reader.ts';
import { ladderSchema, paramSchema } from './schema.ts';
import { entriesAt, partAt, take } from './sections.ts';

const outOfMemory = ['gpu-memory', 'tpu-memory'];

export function buildLadder(reader: Reader, playbook: unknown): Ladder | null {
  const file = take(ladderSchema, partAt(playbook, 'ladder'));
  if (file === null) return null;
  const { on = outOfMemory, rungs, from = 'start' } = file;
  for (const [index, name] of on.entries())
    if (!failureCauses.includes(name)) reader.reportUnknown(['ladder', 'on', index], 'class of failures', name, failureCauses);
  for (const [index, rung] of rungs.entries())
    for (const [name, value] of Object.entries(rung)) checkValue(reader, playbook, { index, name, value });
  return { on, from, rungs: rungs.map(asTyped) };
}

function checkValue(
  reader: Reader,
  playbook: unknown,
  { index, name, value }: { index: number; name: string; value: Scalar },
): void {
  const path = ['ladder', 'rungs', index, name];
  const declared = Object.fromEntries(entriesAt(playbook, 'params'));
  if (!Object.hasOwn(declared, name)) {
    const suggestion = suggestName(name, Object.keys(declared));
    reader.report(path, describeUnknownParam(name, declared), { part: 'key', suggestion });
    return;
  }
  const param = take(paramSchema, declared[name]);
  const wrong = param === null ? null : explainWrong(toParam(param), value);
  if (wrong !== null) reader.report(path, wrong);
}

/** As `--set` would say it. */
function asTyped(rung: Readonly<Record<string, Scalar>>): Record<string, string> {
  return Object.fromEntries(Object.entries(rung).map(([name, value]) => [name, String(value)]));
}
