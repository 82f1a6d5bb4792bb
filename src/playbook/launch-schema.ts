import { z } from 'zod';
import { duration, oneLine, path, pattern, size, text, textOf } from './fields.ts';

export const haltSchema = z.strictObject({
  sentinel: path.optional(),
  grace: duration.optional(),
  then: z.array(textOf('a signal such as "TERM" or a wait such as "60s"')).min(1).optional(),
});

export const stackDumpSchema = z.strictObject({ signal: text, collect: path.optional() });

export const checkpointNowSchema = z.union([z.strictObject({ signal: text }), z.strictObject({ file: path })]);

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

export const launchSchema = z.strictObject({
  ...ownLaunch,
  halt: haltSchema.optional(),
  'stack-dump': stackDumpSchema.optional(),
  'checkpoint-now': checkpointNowSchema
    .optional()
    .describe('How the job is asked to save now: by a signal that it catches, or by a file'),
  guard: guardSchema.optional().describe('What the guard beside the job keeps, with or without a controller'),
});

export type LingerFile = NonNullable<z.infer<typeof startSchema>['linger']>;
export type HaltFile = z.infer<typeof haltSchema>;
