import { z } from 'zod';
import { duration, expression, path, pattern, text } from '../fields.ts';

const lines = path.describe(
  'A path on the host, relative to the workdir. A glob takes its newest match; "{rank}" in it takes every match, and is a column',
);
const whole = path.describe('A path on the host, relative to the workdir. A glob takes its newest match');

export const formats = ['hf-trainer', 'lightning', 'nemo', 'megatron', 'torchtitan', 'nanogpt', 'llm-c', 'tqdm'] as const;
const separators = [',', ';', '|', 'tab'] as const;

export const metricSchema = z.union([
  z.strictObject({
    csv: lines,
    columns: z.array(text).min(1).optional(),
    step: text.optional(),
    separator: z.enum(separators).optional().describe('Found from the file when not given'),
  }),
  z.strictObject({ jsonl: lines, step: text.optional(), when: expression.optional() }),
  z.strictObject({
    text: lines,
    pattern: z.union([pattern, z.array(pattern).min(1)]).describe('Its named groups are the columns'),
    step: text.optional(),
  }),
  z.strictObject({ format: z.enum(formats).describe('What a common trainer writes'), path: lines, step: text.optional() }),
  z.strictObject({
    json: whole,
    rows: text.optional().describe('Dotted path to the list of rows; the whole file is one row when not given'),
    step: text.optional(),
  }),
  z.strictObject({ sqlite: whole, query: text.describe('One SELECT'), step: text.optional() }),
  z.strictObject({ accelerators: duration }),
]);

export const logsSchema = z.array(path).describe('Further logs that are searched for flags: of each glob its newest match');
