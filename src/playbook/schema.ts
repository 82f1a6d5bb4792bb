import { z } from 'zod';
import { entrySchema } from './entries/entry-schema.ts';
import {
  action,
  actions,
  duration,
  expression,
  fileSize,
  identifier,
  path,
  pattern,
  range,
  scalar,
  size,
  text,
  textOf,
} from './fields.ts';
import { builtInSchema, flagSchema, knownIssueSchema } from './monitor/flag-schema.ts';
import { logsSchema, metricSchema } from './monitor/metric-schema.ts';
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

export const checkpointNowSchema = z.union([z.strictObject({ signal: text }), z.strictObject({ file: path })]);

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

export const restartSchema = z.strictObject({
  on: z.array(textOf('a class of failures such as "nccl-timeout", or "exit 75"')).min(1),
  times: z.int().min(1).describe('How often at most'),
  delay: range.optional().describe('Before the first restart, and at most: "30s..10m". It doubles each time'),
  'without-progress': z.int().min(1).optional().describe('Not again after so many attempts in a row without a new checkpoint'),
});

const ownLaunch = {
  run: text,
  log: path,
  'prove-env': z.strictObject({ process: text }).optional(),
  'time-limit': duration.optional(),
  done: pattern.optional().describe('What the log says when the job is done. A hint: it never decides'),
  linger: z
    .union([
      duration,
      z.strictObject({
        after: duration.optional(),
        then: z.enum(['notify', 'halt']).optional(),
        'counts-as': z.enum(['failed', 'succeeded']).optional(),
      }),
    ])
    .optional()
    .describe('How long a process may stay when its work is done, and what follows'),
};

/** The launch without the parts that have a schema of their own. */
export const startSchema = z.object(ownLaunch);

const launchSchema = z.strictObject({
  ...ownLaunch,
  halt: haltSchema.optional(),
  'stack-dump': stackDumpSchema.optional(),
  'checkpoint-now': checkpointNowSchema
    .optional()
    .describe('How the job is asked to save now: by a signal that it catches, or by a file'),
  guard: guardSchema.optional().describe('What the guard beside the job keeps, with or without a controller'),
});

export const criterionSchema = z.strictObject({
  criterion: text,
  expr: expression,
  window: text
    .optional()
    .describe(
      '"steps 20..100", "since start 0s..60m", "last 100 samples", "last 10m", "phase NAME"; the whole run when not given',
    ),
  'warm-up': z.int().min(0).optional().describe('Readings that are left out at the start of the window'),
  'at-least': z.int().min(1).optional().describe('Fewer readings decide nothing'),
  for: z
    .union([z.int().min(1), duration])
    .optional()
    .describe('A verdict changes when it has held for so many readings, "3", or so long, "2m"'),
  margin: text.optional().describe('How far a value may be past the limit: "2%"'),
  each: text.optional().describe('Judged apart for each value of a column: "gpu.index", "rank"'),
  expected: range.optional().describe('Outside it is yellow, both ways'),
  plausible: range.optional().describe('Outside it is red. Default: a quarter of what is expected to twice it'),
  severity: z.enum(['red', 'yellow']).optional(),
  then: actions.optional(),
});

export const aliasesSchema = z
  .record(z.string(), z.array(text).min(1))
  .describe('Further names of columns: "training.toks_per_s: [tps]"');
export const phasesSchema = z.record(identifier, text).describe('Windows by name, for "window: phase NAME"');

export const referencesSchema = z
  .array(text)
  .describe('Metrics that another run has written: read from their beginning, also what was there before the launch');

export const earlierRunsSchema = z
  .record(identifier, z.strictObject({ run: text.describe('"last succeeded", or the id of a run'), metric: text }))
  .describe('Metrics of runs that are stored on the computer where fleet runs, by the names that expressions call them');

export const progressSchema = z.strictObject({ metric: text, of: z.number().positive().optional() });

export const checkpointsSchema = z.strictObject({
  path: path.describe('A pattern of files or folders; "{step}" stands for the step'),
  every: z.int().min(1).optional().describe('Steps from one to the next'),
  'first-at': z.int().min(1).optional().describe('The step of the first one. Default: every'),
  size: fileSize.optional(),
  loads: z
    .union([text, z.strictObject({ run: text, 'time-limit': duration.optional() })])
    .optional()
    .describe('A command that loads "{checkpoint}", and ends with 0 when it did'),
  finite: pattern.optional().describe('What "loads" prints when no weight is NaN or infinite'),
  'back-up': z.strictObject({ to: text, checksum: z.literal('sha256').optional() }).optional(),
  best: z.strictObject({ by: text, mode: z.enum(['min', 'max']).optional() }).optional(),
  keep: z
    .strictObject({ last: z.int().min(1), best: z.int().min(1).optional() })
    .optional()
    .describe('fleet removes the others'),
});

export const deviceSchema = z.enum(['accelerator', 'cpu']);

const monitor = z.strictObject({
  metrics: z.record(identifier, metricSchema).optional(),
  aliases: aliasesSchema.optional(),
  phases: phasesSchema.optional(),
  references: referencesSchema.optional(),
  'earlier-runs': earlierRunsSchema.optional(),
  logs: logsSchema.optional(),
  progress: progressSchema.optional(),
  stall: stallSchema.optional(),
  criteria: z.array(criterionSchema).optional(),
  'log-silence': logSilenceSchema.optional(),
  idle: idleSchema.optional(),
  flags: z.array(flagSchema).optional(),
  cooldown: duration.optional().describe('Before the same cause is answered again. Default: 10m'),
  'known-issues': z.array(knownIssueSchema).optional(),
  'built-in': builtInSchema.optional(),
  checkpoints: checkpointsSchema.optional(),
  device: deviceSchema.optional().describe('What the training is to run on; needs a source of accelerators'),
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
  monitor: monitor.optional(),
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

export const dutySchema = z.strictObject({
  duty: text,
  within: duration.optional().describe('Since the start of the job'),
  at: text.optional().describe('"step 5000", "first checkpoint" or "end"'),
  criteria: z.array(text).min(1).optional().describe('Criteria that must be met then'),
  checkpoint: z.enum(['saved', 'loaded', 'backed-up']).optional(),
  ask: text.optional().describe('What a person sees to'),
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
  profiles: z.record(z.string(), profile).optional().describe('Named variants; the first is used unless another is asked for'),
  fallback: fallbackSchema.optional(),
  order: z
    .literal('strict')
    .optional()
    .describe('Checks and actions one after the other as they stand; after one that fails, nothing'),
  prepare: z.array(entrySchema).optional(),
  validate: z.array(entrySchema).optional(),
  launch: launchSchema.optional(),
  restart: restartSchema.optional().describe('When a job that has failed is started again'),
  monitor: monitor.optional(),
  verify: z.array(entrySchema).optional(),
  duties: z.array(dutySchema).optional().describe('What is to be seen to after the start, by fleet or a person'),
  rollback: z.array(entrySchema).optional().describe('Done once, in order, when a run fails that has begun to change something'),
});

export type ActionFile = z.infer<typeof action>;
export type ParamFile = z.infer<typeof paramSchema>;
export type DutyFile = z.infer<typeof dutySchema>;
export type FallbackFile = z.infer<typeof fallbackSchema>;
export type LingerFile = NonNullable<z.infer<typeof startSchema>['linger']>;
export type HaltFile = z.infer<typeof haltSchema>;
