import { z } from 'zod';
import { action, actions, duration, expression, fileSize, identifier, path, pattern, range, text } from '../fields.ts';
import { builtInSchema, flagSchema, knownIssueSchema } from './flag-schema.ts';
import { logsSchema, metricSchema } from './metric-schema.ts';
import { idleSchema, logSilenceSchema, stallSchema } from './stall-schema.ts';

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

export const monitorSchema = z.strictObject({
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

export type ActionFile = z.infer<typeof action>;
