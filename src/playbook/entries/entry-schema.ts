import { z } from 'zod';
import { duration, expression, fileSize, identifier, path, pattern, range, scalar, text } from '../fields.ts';
import { requiresSchema } from '../requires-schema.ts';

const output = z.strictObject({
  equals: z.string().optional(),
  'one-of': z.array(z.string()).min(1).optional(),
  contains: text.optional(),
  matches: pattern.optional(),
  capture: pattern.optional().describe('A regular expression with named groups'),
  where: expression.optional().describe('A CEL expression over the groups of "capture"'),
});

const condition = z
  .union([
    scalar,
    z.strictObject({
      'one-of': z.array(scalar).min(1).optional(),
      within: range.optional(),
      matches: pattern.optional(),
      set: z.boolean().optional(),
    }),
  ])
  .describe('The value itself, or { one-of }, { within: "4..8" }, { matches }, { set: true }');

const packageVersion = text.describe('"any", or a condition such as ">=2.1" or "==2.7.1+cu118"');

const localPath = text.describe('A path on the computer where fleet runs, relative to the folder of the playbook');

/** What an entry can do: one of these in each. Those of an action change something. */
export const deedSchemas = {
  run: text.describe('Shell lines'),
  accelerators: z.literal('free'),
  config: z.strictObject({ file: path, expect: z.record(z.string(), condition) }).describe('Values of a YAML, JSON or TOML file'),
  files: z.strictObject({
    glob: path,
    count: range.optional(),
    size: fileSize.optional(),
    age: text.optional().describe('Since it was last written: "<= 1d"'),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, { error: 'expected the 64 digits of a SHA-256' })
      .optional(),
  }),
  git: z.strictObject({
    path: path.optional().describe('Default: the workdir'),
    branch: text.optional(),
    commit: text.optional(),
    tag: text.optional().describe('A tag that must be at the present commit'),
    clean: z.boolean().optional(),
  }),
  python: z.strictObject({
    interpreter: text.optional().describe('Default: python3'),
    packages: z.record(z.string(), z.union([packageVersion, z.array(packageVersion).min(1)])),
  }),
  processes: z.strictObject({
    match: text.describe('What the command line holds, as it is'),
    count: range.optional().describe('Default: none'),
  }),
  environment: z.record(identifier, condition).describe('What a command of this playbook finds in its environment'),
  confirm: text.describe('What the person who launches says yes to'),
  question: z.strictObject({
    ask: text,
    answer: z.enum(['text', 'number', 'yes-no']).optional().describe('Default: text'),
    accept: condition.optional(),
  }),
  'halt-stale': z.strictObject({ match: text }),
  send: z
    .strictObject({
      from: localPath,
      to: path,
      exclude: z.array(text).min(1).optional().describe('Globs, of names or of paths below the folder'),
      delete: z.boolean().optional().describe('Removes files that are there and not in the folder. Default: they stay'),
    })
    .describe('A file or a folder of the computer where fleet runs'),
  checkout: z
    .strictObject({
      repository: localPath.optional().describe('Default: the one that the playbook lies in'),
      commit: text.describe('A commit, tag or branch of it'),
      to: path.optional().describe('Default: the workdir'),
    })
    .describe('Source at a commit, from a git repository of the computer where fleet runs'),
  archive: z.union([path, z.array(path).min(1)]),
  note: path.describe('A file that gets what failed, its output and the time; in a rollback'),
  'quarantine-host': text.describe('Why the host is out of use until a person lifts it; in a rollback'),
};

export const entrySchema = z.strictObject({
  check: text.optional().describe('The name of a check: it looks and compares'),
  action: text.optional().describe('The name of an action: it changes something'),
  ...z.strictObject(deedSchemas).partial().shape,
  expect: z
    .strictObject({ exit: z.int().min(0).max(255).optional(), stdout: output.optional(), stderr: output.optional() })
    .optional(),
  'expected-time': duration.optional(),
  timeout: duration.optional().describe('What one try may take'),
  severity: z.enum(['fail', 'warn']).optional(),
  retry: z.strictObject({ times: z.int().min(2).max(100), delay: duration.optional() }).optional(),
  parallel: z.boolean().optional().describe('May go on beside its neighbours that may, too'),
  remember: z
    .strictObject({ per: z.array(z.enum(['host', 'source.commit'])).min(1) })
    .optional()
    .describe('A pass is not looked at again while these are the same'),
  on: z
    .union([z.enum(['all', 'each', 'first']), z.int().min(0)])
    .optional()
    .describe('Of several workers: all side by side (the default), each in turn, the first, or one by its number'),
  unless: z.literal('goes-on').optional().describe('Skipped by a run that goes on from the checkpoint of an earlier one'),
  alike: z.boolean().optional().describe('What it finds must be the same on every worker'),
  requires: requiresSchema.optional().describe('What the host must have for this entry alone'),
  quarantine: text.optional().describe('A failure takes the host out of use, for this reason, until a person lifts it'),
  hint: text.optional().describe('What to do when it fails'),
  stage: text.optional().describe('One of "stages", whose time it is part of'),
});

export type EntryFile = z.infer<typeof entrySchema>;
export type OutputFile = z.infer<typeof output>;
export type ConditionFile = z.infer<typeof condition>;
export type DeedName = keyof typeof deedSchemas;
