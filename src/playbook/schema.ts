import { z } from 'zod';
import { entrySchema } from './entries/entry-schema.ts';
import { duration, identifier, oneLine, pattern, range, scalar, text, textOf } from './fields.ts';
import { launchSchema } from './launch-schema.ts';
import { monitorSchema } from './monitor/monitor-schema.ts';
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

export const restartSchema = z.strictObject({
  on: z.array(textOf('a class of failures such as "nccl-timeout", or "exit 75"')).min(1),
  times: z.int().min(1).describe('How often at most'),
  delay: range.optional().describe('Before the first restart, and at most: "30s..10m". It doubles each time'),
  'without-progress': z.int().min(1).optional().describe('Not again after so many attempts in a row without a new checkpoint'),
});

export const ladderSchema = z.strictObject({
  on: z.array(textOf('a class of failures such as "gpu-memory"')).min(1).optional().describe('Default: [gpu-memory, tpu-memory]'),
  rungs: z.array(z.record(z.string(), scalar)).min(1).describe('Values of params, each rung over those before it'),
  from: z.enum(['start', 'checkpoint']).optional().describe('What the next run begins from. Default: start'),
});

/** Its sections are held to the format where they are put into the playbook. */
export const profileSchema = z.strictObject({
  description: text.optional(),
  params: z.record(z.string(), scalar).optional(),
  env: z.record(z.string(), z.unknown()).optional(),
  launch: z.record(z.string(), z.unknown()).optional(),
  monitor: z.record(z.string(), z.unknown()).optional(),
});

const profile = profileSchema.extend({
  env: z.record(identifier, variableSchema).optional(),
  launch: launchSchema.partial().optional(),
  monitor: monitorSchema.optional(),
});

export const fallbackSchema = z.strictObject({
  from: text.optional().describe('A profile; the first one when not given'),
  to: text.optional().describe('The profile that the run goes on with'),
  on: z.array(textOf('"exit 134" or the class of a failure')).min(1).optional(),
  pattern: z
    .union([oneLine, z.array(oneLine).min(1)])
    .optional()
    .describe('Text in the log, as it is'),
  after: duration.optional().describe('How long the guard waits for a controller. Default: 20s'),
  'by-trainer': pattern.optional().describe('A line of the log that says that the trainer has fallen back by itself'),
});

export const gangRulesSchema = z.strictObject({
  within: duration.optional().describe('From the first start to the last worker that is ready. Default: 2m'),
  ready: pattern.optional().describe('A line in the log of each worker that says that it is ready'),
  'on-failure': z.enum(['stop', 'keep']).optional().describe('What becomes of the others when a worker fails. Default: stop'),
  'processes-per-worker': z.int().min(1).optional().describe('WORLD_SIZE counts them. Default: 1'),
});

const givenName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
  error: ({ input }) => `expected a name of letters, digits, "-", "_" and ".", got ${JSON.stringify(input)}`,
});

export const pointSchema = z.strictObject({
  description: text.optional(),
  params: z.record(z.string(), scalar).optional().describe('Values of declared params'),
});

export const sweepSchema = z
  .array(z.union([text, z.strictObject({ point: text, 'run-name': givenName.optional() })]))
  .min(1)
  .describe('Points, in this order; or { point, run-name }');

export const dutySchema = z.strictObject({
  duty: text,
  within: duration.optional().describe('Since the start of the job'),
  at: text.optional().describe('"step 5000", "first checkpoint" or "end"'),
  criteria: z.array(text).min(1).optional().describe('Criteria that must be met then'),
  checkpoint: z.enum(['saved', 'loaded', 'backed-up']).optional(),
  ask: text.optional().describe('What a person sees to'),
});

export const playbookSchema = z.strictObject({
  playbook: givenName,
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
  profiles: z.record(z.string(), profile).optional().describe('Named variants; the first is used unless another is asked for'),
  fallback: fallbackSchema.optional(),
  points: z.record(givenName, pointSchema).optional().describe('Named experiments: values of params that go together'),
  sweeps: z.record(givenName, sweepSchema).optional().describe('Named lists of points'),
  order: z
    .literal('strict')
    .optional()
    .describe('Checks and actions one after the other as they stand; after one that fails, nothing'),
  prepare: z.array(entrySchema).optional(),
  validate: z.array(entrySchema).optional(),
  launch: launchSchema.optional(),
  gang: z
    .union([z.boolean(), gangRulesSchema])
    .optional()
    .describe('Several hosts are one run, and how its workers are held together'),
  restart: restartSchema.optional().describe('When a job that has failed is started again'),
  ladder: ladderSchema.optional().describe('What the queue tries with other params after a failure'),
  monitor: monitorSchema.optional(),
  verify: z.array(entrySchema).optional(),
  duties: z.array(dutySchema).optional().describe('What is to be seen to after the start, by fleet or a person'),
  rollback: z.array(entrySchema).optional().describe('Done once, in order, when a run fails that has begun to change something'),
});

export type ParamFile = z.infer<typeof paramSchema>;
export type DutyFile = z.infer<typeof dutySchema>;
export type FallbackFile = z.infer<typeof fallbackSchema>;
