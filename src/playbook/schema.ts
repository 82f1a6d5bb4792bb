import { z } from 'zod';
import { showValue } from '../language/check-schema.ts';

/*
 * The shape of a playbook file, its templates filled in. Durations, sizes, ranges, patterns and expressions are text here; their own
 * readers look at them later, so that each can say what it expected.
 */

const text = z.string().min(1);
const version = textOf('a version condition such as ">=3.10"').describe('A version condition: ">=3.10"');
const duration = textOf('a duration such as "15m"').describe('A duration with its unit: "15m", "1h30m"');
const size = textOf('a size such as "80GB"').describe('A size with its unit: "80GB" (10^9) or "80GiB" (2^30)');
const range = z.union([z.number(), text]).describe('"45..55", ">= 39", "<= 55" or one amount');
const pattern = text.describe('A regular expression of RE2');
const expression = text.describe('A CEL expression');
const path = text.describe('A path on the host, relative to the workdir');
const scalar = z.union([z.string(), z.number(), z.boolean()]);
const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: ({ input }) => `expected letters, digits and "_", got ${JSON.stringify(input)}` });

const toolName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/, {
  error: ({ input }) => `expected the name of a program such as "git", got ${showValue(input)}`,
});

const monitorActions = ['notify', 'stack-dump', 'halt'] as const;
const actions = z.array(z.enum(monitorActions)).describe('What fleet does then');

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
  duration: text.optional().describe('How long the whole run takes: "15h..20h"'),
});

export const requiresSchema = z.strictObject({
  accelerators: z
    .strictObject({
      vendor: z.enum(['nvidia', 'amd', 'google']).optional(),
      model: text.optional(),
      count: z.int().min(1).optional(),
      memory: size.optional().describe('Of one accelerator'),
      topology: z
        .string()
        .regex(/^\d+(x\d+){1,2}$/, { error: ({ input }) => `expected a topology such as "2x4x4", got ${showValue(input)}` })
        .optional()
        .describe('Of a TPU slice: "2x4x4"'),
      chips: z.int().min(1).optional().describe('Of a TPU slice: those of all workers'),
      workers: z.int().min(1).optional().describe('Of a TPU slice'),
    })
    .optional(),
  driver: version.optional(),
  cuda: version.optional().describe('The CUDA that the driver offers: ">=12.1"'),
  rocm: version.optional(),
  python: version.optional(),
  disk: z.strictObject({ path: path.optional(), free: size, inodes: z.int().min(1).optional() }).optional(),
  memory: size.optional().describe('Of the host'),
  cpus: z.int().min(1).optional(),
  tools: z.array(toolName).min(1).optional().describe('Programs that must be found'),
  network: z
    .array(textOf('host:port such as "huggingface.co:443"'))
    .min(1)
    .optional()
    .describe('Where the host must be able to connect to: "huggingface.co:443"'),
});

export const sourceSchema = z.strictObject({ branch: text.optional(), commit: text.optional(), clean: z.boolean().optional() });

const secret = z.union([z.strictObject({ env: text }), z.strictObject({ file: text })]);
export const variableSchema = z.union([
  z.string(),
  z.strictObject({ value: z.string(), critical: z.boolean().optional() }),
  z.strictObject({ secret, optional: z.boolean().optional(), critical: z.boolean().optional() }),
]);

const output = z.strictObject({
  equals: z.string().optional(),
  'one-of': z.array(z.string()).min(1).optional(),
  contains: text.optional(),
  matches: pattern.optional(),
  capture: pattern.optional().describe('A regular expression with named groups'),
  where: expression.optional().describe('A CEL expression over the groups of "capture"'),
});

const fileSize = z.union([text, z.strictObject({ about: size, tolerance: text })]);

export const entrySchema = z.strictObject({
  check: text.optional().describe('The name of a check: it looks and compares'),
  action: text.optional().describe('The name of an action: it changes something'),
  run: text.optional().describe('Shell lines'),
  expect: z
    .strictObject({ exit: z.int().min(0).max(255).optional(), stdout: output.optional(), stderr: output.optional() })
    .optional(),
  accelerators: z.literal('free').optional(),
  config: z.strictObject({ file: path, expect: z.record(z.string(), scalar) }).optional(),
  files: z
    .strictObject({
      glob: path,
      count: range.optional(),
      size: fileSize.optional(),
    })
    .optional(),
  'halt-stale': z.strictObject({ match: text }).optional(),
  archive: z.union([path, z.array(path).min(1)]).optional(),
  'expected-time': duration.optional(),
  severity: z.enum(['fail', 'warn']).optional(),
});

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

export const flagSchema = z.strictObject({
  red: pattern.optional(),
  yellow: pattern.optional(),
  green: pattern.optional(),
  hint: text.optional(),
  expected: z.boolean().optional(),
});

export const progressSchema = z.strictObject({ metric: text, of: z.number().positive().optional() });

export const stallSchema = z.strictObject({
  'no-progress': duration,
  'first-step': duration.optional(),
  then: actions.optional(),
});

export const checkpointsSchema = z.strictObject({ path, every: z.int().min(1).optional(), size: fileSize.optional() });

const monitor = z.strictObject({
  metrics: z.record(identifier, metricSchema).optional(),
  progress: progressSchema.optional(),
  stall: stallSchema.optional(),
  criteria: z.array(criterionSchema).optional(),
  flags: z.array(flagSchema).optional(),
  checkpoints: checkpointsSchema.optional(),
});

export const playbookSchema = z.strictObject({
  playbook: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, {
    error: ({ input }) => `expected a name of letters, digits, "-", "_" and ".", got ${JSON.stringify(input)}`,
  }),
  description: text.optional(),
  params: z.record(identifier, paramSchema).optional(),
  work: workSchema.optional(),
  requires: requiresSchema.optional(),
  workdir: text.optional(),
  setup: text.optional(),
  source: sourceSchema.optional(),
  env: z.record(identifier, variableSchema).optional(),
  prepare: z.array(entrySchema).optional(),
  validate: z.array(entrySchema).optional(),
  launch: launchSchema.optional(),
  monitor: monitor.optional(),
  verify: z.array(entrySchema).optional(),
});

export type ParamFile = z.infer<typeof paramSchema>;
export type EntryFile = z.infer<typeof entrySchema>;
export type OutputFile = z.infer<typeof output>;
export type HaltFile = z.infer<typeof haltSchema>;
export type FileSize = z.infer<typeof fileSize>;

/** Text that says what it is for when something else stands there. */
function textOf(what: string) {
  return z.string({
    error: ({ input }) => (input === undefined ? `missing, expected ${what}` : `expected ${what}, got ${showValue(input)}`),
  });
}
