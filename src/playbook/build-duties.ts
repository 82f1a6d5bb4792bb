import { parsePositiveDuration } from '../language/units.ts';
import type { YamlPath } from '../yaml.ts';
import type { Criterion } from './monitor/monitor.ts';
import type { Duty } from './playbook.ts';
import type { Reader } from './reader.ts';
import { dutySchema, type DutyFile } from './schema.ts';
import { listAt, partAt, take } from './sections.ts';

interface Surroundings {
  criteria: readonly Pick<Criterion, 'name'>[];
  /** As the file has it. */
  checkpoints: unknown;
  hasProgress: boolean;
}

/** What is to be seen to after the start, in the order of the file. */
export function buildDuties(reader: Reader, playbook: unknown, around: Surroundings): Duty[] {
  const names = new Set<string>();
  return listAt(playbook, 'duties').flatMap((item, index) => {
    const file = take(dutySchema, item);
    if (file === null) return [];
    const path = ['duties', index];
    if (names.has(file.duty)) reader.report([...path, 'duty'], `a second duty is called ${JSON.stringify(file.duty)}`);
    names.add(file.duty);
    const [due, proof] = [readDue(reader, path, file, around), readProof(reader, path, file, around)];
    return due === null || proof === null ? [] : [{ name: file.duty, due, proof }];
  });
}

function readDue(reader: Reader, path: YamlPath, { within, at }: DutyFile, around: Surroundings): Duty['due'] | null {
  if ((within === undefined) === (at === undefined)) {
    reader.report(path, 'expected one of "within" and "at"');
    return null;
  }
  if (within !== undefined) {
    const seconds = reader.read([...path, 'within'], () => parsePositiveDuration(within), 0);
    return { kind: 'within', seconds, text: `within ${within}` };
  }
  if (at === 'end') return { kind: 'end', text: 'at the end' };
  if (at === 'first checkpoint') {
    if (around.checkpoints === undefined)
      reader.report([...path, 'at'], '"first checkpoint" needs monitor.checkpoints, which is not there');
    return { kind: 'first-checkpoint', text: 'at the first checkpoint' };
  }
  const step = Number(/^step\s+(\d{1,15})$/.exec(at?.trim() ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(step)) {
    reader.report([...path, 'at'], `expected "step 5000", "first checkpoint" or "end", got ${JSON.stringify(at)}`);
    return null;
  }
  if (!around.hasProgress) reader.report([...path, 'at'], 'a step needs monitor.progress, which is not there');
  return { kind: 'step', step, text: `at step ${step}` };
}

function readProof(reader: Reader, path: YamlPath, file: DutyFile, around: Surroundings): Duty['proof'] | null {
  const given = (['criteria', 'checkpoint', 'ask'] as const).filter((key) => file[key] !== undefined);
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none' : given.join(' and ');
    reader.report(path, `expected one of "criteria", "checkpoint" and "ask", got ${got}`);
    return null;
  }
  if (file.ask !== undefined) return { kind: 'person', ask: file.ask };
  if (file.checkpoint !== undefined) {
    const needs = { saved: null, loaded: 'loads', 'backed-up': 'back-up' }[file.checkpoint];
    if (around.checkpoints === undefined)
      reader.report([...path, 'checkpoint'], 'it needs monitor.checkpoints, which is not there');
    else if (needs !== null && partAt(around.checkpoints, needs) === undefined)
      reader.report([...path, 'checkpoint'], `"${file.checkpoint}" needs monitor.checkpoints.${needs}, which is not there`);
    return { kind: 'checkpoint', what: file.checkpoint };
  }
  const criteria = file.criteria ?? [];
  const known = around.criteria.map(({ name }) => name);
  for (const [index, name] of criteria.entries())
    if (!known.includes(name)) reader.reportUnknown([...path, 'criteria', index], 'criterion', name, known);
  return { kind: 'criteria', criteria };
}
