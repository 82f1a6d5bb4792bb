import { z } from 'zod';
import { actions, duration, pattern, text } from '../fields.ts';

const slowPhaseSchema = z.strictObject({
  name: text,
  log: pattern.optional().describe('A line of the log that it begins with'),
  every: z.int().min(1).optional().describe('Steps: it comes around each so many'),
  allow: duration.describe('The time without progress that it may take'),
});

export type SlowPhaseFile = z.infer<typeof slowPhaseSchema>;

export const stallSchema = z.strictObject({
  'no-progress': duration.describe('A duration, or "auto": ten times what is usual between two records of progress'),
  'at-least': duration.optional().describe('The shortest that "auto" comes to. Default: 3m'),
  'first-step': duration.optional(),
  compile: duration.optional().describe('Between the first steps of an attempt, while compilers still work'),
  slow: z.array(slowPhaseSchema).optional().describe('Work without progress that is known'),
  then: actions.optional(),
});

export const logSilenceSchema = z
  .union([duration, z.strictObject({ red: duration }), z.strictObject({ yellow: duration })])
  .describe('Nothing new in the log for so long is told');

const count = z.int().min(1).optional();

export const idleSchema = z
  .union([
    z.literal('off'),
    z.strictObject({
      after: duration.optional(),
      ranks: count.describe('How many must work. Default: those that have'),
      accelerators: count.describe('The same, of accelerators'),
    }),
  ])
  .describe('One rank or accelerator that stands still while others work');
