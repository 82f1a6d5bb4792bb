import { parseDurationRange, parseRange } from '../language/range.ts';
import { parsePositiveDuration } from '../language/units.ts';
import type { Budget, Stage, Work } from './playbook.ts';
import type { Reader } from './reader.ts';
import { budgetSchema, stagesSchema, workSchema } from './schema.ts';
import { entriesAt, partAt, takeSound } from './sections.ts';

export function buildWork(reader: Reader, playbook: unknown): Work | null {
  const file = takeSound(workSchema, partAt(playbook, 'work'));
  if (file === null) return null;
  const { throughput } = file;
  const readDurations = (key: 'time-per-step' | 'duration') => {
    const text = file[key];
    return text === undefined ? null : reader.range(['work', key], text, parseDurationRange);
  };
  return {
    steps: file.steps ?? null,
    tokensPerStep: file['tokens-per-step'] ?? null,
    throughput: throughput === undefined ? null : reader.range(['work', 'throughput'], throughput, parseRange),
    timePerStep: readDurations('time-per-step'),
    duration: readDurations('duration'),
    checkpointsKept: file['checkpoints-kept'] ?? null,
  };
}

export function buildBudget(reader: Reader, playbook: unknown): Budget | null {
  const file = takeSound(budgetSchema, partAt(playbook, 'budget'));
  if (file === null) return null;
  const { time, cost = null } = file;
  if (entriesAt(playbook, 'budget').length === 0) reader.report(['budget'], 'expected "time" or "cost"');
  const seconds = time === undefined ? null : reader.read(['budget', 'time'], () => parsePositiveDuration(time), 0);
  return { seconds, cost };
}

/** In the order of the file. */
export function buildStages(reader: Reader, playbook: unknown): Stage[] {
  const file = takeSound(stagesSchema, partAt(playbook, 'stages'));
  return Object.entries(file ?? {}).map(([name, time]) => ({
    name,
    seconds: reader.read(['stages', name], () => parsePositiveDuration(time), 0),
  }));
}
