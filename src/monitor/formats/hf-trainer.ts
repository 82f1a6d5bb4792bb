import { parseCell, parseStep } from '../cells.ts';
import type { ReadLine } from '../text.ts';
import type { Columns } from './figures.ts';
import { readBar } from './progress-bar.ts';

/** With bounds: from each of a million quotes the end of the line would be looked for. */
const pair = /'((?:[^'\\]|\\.){0,200})'\s{0,9}:\s{0,9}(?:'((?:[^'\\]|\\.){0,1000})'|([^,{}'"]{1,200}))/g;

/**
 * `{'loss': 1.8, 'grad_norm': nan, 'epoch': 0.08}` has no step: it belongs to where the bar of the training stands. That is the first bar without a
 * description, and any that goes as far; a bar of an evaluation goes less far. Each step of it is a row.
 */
export const readHfTrainer: ReadLine = (line, last) => {
  const record = readRecord(line);
  const bar = readTrainingBar(line, last);
  if (record === null) return bar === null || bar['step'] === last?.['step'] ? null : bar;
  const { step, steps } = last ?? {};
  const place = bar ?? (steps === undefined ? {} : { step, steps });
  return { ...place, ...record };
};

function readTrainingBar(line: string, last: Columns | null): Columns | null {
  const bar = readBar(line);
  if (bar?.description !== '' || bar.steps === null || parseStep(bar.step) === null) return null;
  const known = last?.['steps'];
  return known === undefined || known === bar.steps ? { step: bar.step, steps: bar.steps } : null;
}

/** Every record of the trainer has its epoch; another dictionary is none of them. */
function readRecord(line: string): Columns | null {
  const start = line.indexOf("{'");
  const end = line.lastIndexOf('}');
  if (start === -1 || end < start || !line.includes("'epoch'")) return null;
  const columns: Columns = {};
  for (const [, name = '', quoted, bare = ''] of line.slice(start, end).matchAll(pair)) columns[name] = parseCell(quoted ?? bare);
  return columns;
}
