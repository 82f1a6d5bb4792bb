import { z } from 'zod';
import { entrySchema } from './entries/entry-schema.ts';
import { actions, duration, expression, fileSize, identifier, path, range, scalar, size, text, textOf } from './fields.ts';
import { builtInSchema, flagSchema, knownIssueSchema } from './monitor/flag-schema.ts';
import { idleSchema, logSilenceSchema, stallSchema } from './monitor/stall-schema.ts';
import { requiresSchema } from './requires-schema.ts';

/*
 * The shape of a playbook file, its templates filled in. Durations, sizes, ranges, patterns and expressions are text here; their own
 * readers look at them later, so that each can say what it expected.
 */

export const paramSchema = z.strictObject({
  type: z.enum(['string', 'integer', 'number', 'boolean']),
  default: scalar.optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  'one-of': z.array(scalar).min(1).optional(),
  description: text.optional(),
});

export const workSchema = z.strictObject({
  steps: z.number().positive().optional(),
  'tokens-per-step': z.number().positive().optional(),
  throughput: range.optional().describe('Tokens per second: "45..55"'),
  'time-per-step': text.optional().describe('"1s..2s"'),
  duration: text.optional().describe('How long the whole run takes: "15h..20h"'),
  'checkpoints-kept': z.int().min(1).optional().describe('How many the job keeps. Default: all'),
});

export const budgetSchema = z.strictObject({
  time: duration.optional().describe('Wall clock of preflight and launch together'),
  cost: z.number().min(0).optional().describe('In the currency of the host'),
});

export const stagesSchema = z
  .record(z.string(), duration)
  .describe('Stages by name, with the time that each is expected to take');

const accepted = z.string().regex(/^\/[^\0\r\n]*$/, {
  error: ({ input }) => `expected a path that begins with "/", got ${JSON.stringify(input)}`,
});
export const volatileSchema = z.array(accepted).describe('Folders that a reboot may empty, and that are used all the same');

export const sourceSchema = z.strictObject({ branch: text.optional(), commit: text.optional(), clean: z.boolean().optional() });

const secret = z.union([z.strictObject({ env: text }), z.strictObject({ file: text })]);
export const variableSchema = z.union([
  z.string(),
  z.strictObject({ value: z.string(), critical: z.boolean().optional() }),
  z.strictObject({ secret, optional: z.boolean().optional(), critical: z.boolean().optional() }),
]);

export const haltSchema = z.strictObject({
  sentinel: path.optional(),
  grace: duration.optional(),
  then: z.array(textOf('a signal such as "TERM" or a wait such as "60s"')).min(1).optional(),
});

export const stackDumpSchema = z.strictObject({ signal: text, collect: path.optional() });

const oneLine = z.string().regex(/^[^\0\r\n]+$/, { error: 'expected one line of text' });

export const guardSchema = z.strictObject({
  stall: z
    .strictObject({
      file: oneLine.describe('A path on the host, relative to the workdir'),
      contains: oneLine.describe('What a line of progress holds, as it is; lines without it do not count'),
      'no-new-line': duration,
      'first-line': duration.optional(),
    })
    .optional(),
  disk: z.strictObject({ path: oneLine.optional().describe('Default: the workdir'), free: size }).optional(),
});

const ownLaunch = {
  run: text,
  log: path,
  'prove-env': z.strictObject({ process: text }).optional(),
  'time-limit': duration.optional(),
};

/** The launch without the parts that have a schema of their own. */
export const startSchema = z.object(ownLaunch);

const launchSchema = z.strictObject({
  ...ownLaunch,
  halt: haltSchema.optional(),
  'stack-dump': stackDumpSchema.optional(),
  guard: guardSchema.optional().describe('What the guard beside the job keeps, with or without a controller'),
});

export const metricSchema = z.union([
  z.strictObject({ csv: path, columns: z.array(text).min(1).optional(), step: text.optional() }),
  z.strictObject({ jsonl: path, step: text.optional(), when: expression.optional() }),
  z.strictObject({ accelerators: duration }),
]);

export const criterionSchema = z.strictObject({
  criterion: text,
  expr: expression,
  window: text.optional().describe('"steps 20..100"; the whole run when not given'),
  expected: range.optional(),
  severity: z.enum(['red', 'yellow']).optional(),
  then: actions.optional(),
});

export const progressSchema = z.strictObject({ metric: text, of: z.number().positive().optional() });

export const checkpointsSchema = z.strictObject({ path, every: z.int().min(1).optional(), size: fileSize.optional() });

const monitor = z.strictObject({
  metrics: z.record(identifier, metricSchema).optional(),
  progress: progressSchema.optional(),
  stall: stallSchema.optional(),
  criteria: z.array(criterionSchema).optional(),
  'log-silence': logSilenceSchema.optional(),
  idle: idleSchema.optional(),
  flags: z.array(flagSchema).optional(),
  'known-issues': z.array(knownIssueSchema).optional(),
  'built-in': builtInSchema.optional(),
  checkpoints: checkpointsSchema.optional(),
});

export const playbookSchema = z.strictObject({
  playbook: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
    error: ({ input }) => `expected a name of letters, digits, "-", "_" and ".", got ${JSON.stringify(input)}`,
  }),
  description: text.optional(),
  params: z.record(identifier, paramSchema).optional(),
  work: workSchema.optional(),
  budget: budgetSchema.optional(),
  stages: stagesSchema.optional(),
  volatile: volatileSchema.optional(),
  requires: requiresSchema.optional(),
  workdir: text.optional(),
  setup: text.optional(),
  source: sourceSchema.optional(),
  env: z.record(identifier, variableSchema).optional(),
  order: z
    .literal('strict')
    .optional()
    .describe('Checks and actions one after the other as they stand; after one that fails, nothing'),
  prepare: z.array(entrySchema).optional(),
  validate: z.array(entrySchema).optional(),
  launch: launchSchema.optional(),
  monitor: monitor.optional(),
  verify: z.array(entrySchema).optional(),
});

export type ParamFile = z.infer<typeof paramSchema>;
export type HaltFile = z.infer<typeof haltSchema>;
