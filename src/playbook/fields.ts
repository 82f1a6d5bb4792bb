import { z } from 'zod';
import { showValue } from '../language/check-schema.ts';

/** Kinds of values that several parts of a playbook have. */
export const text = z.string().min(1);
export const version = textOf('a version condition such as ">=3.10"').describe('A version condition: ">=3.10"');
export const duration = textOf('a duration such as "15m"').describe('A duration with its unit: "15m", "1h30m"');
export const size = textOf('a size such as "80GB"').describe('A size with its unit: "80GB" (10^9) or "80GiB" (2^30)');
export const range = z.union([z.number(), text]).describe('"45..55", ">= 39", "<= 55" or one amount');
export const pattern = text.describe('A regular expression of RE2');
export const expression = text.describe('A CEL expression');
export const path = text.describe('A path on the host, relative to the workdir');
export const oneLine = z.string().regex(/^[^\0\r\n]+$/, { error: 'expected one line of text' });
export const scalar = z.union([z.string(), z.number(), z.boolean()]);
export const identifier = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: ({ input }) => `expected letters, digits and "_", got ${JSON.stringify(input)}` });
export const fileSize = z.union([text, z.strictObject({ about: size, tolerance: text })]);

const monitorActions = [
  'notify',
  'stack-dump',
  'checkpoint-now',
  'restart',
  'fallback',
  'halt',
  'give-up',
  'quarantine',
] as const;
export const action = z.union([
  z.enum(monitorActions),
  z.strictObject({ run: text.describe('Shell lines, beside the job'), timeout: duration.optional() }),
]);
export const actions = z.array(action).describe('What fleet does then');

export type Scalar = z.infer<typeof scalar>;
export type FileSize = z.infer<typeof fileSize>;

/** Text that says what it is for when something else stands there. */
export function textOf(what: string) {
  return z.string({
    error: ({ input }) => (input === undefined ? `missing, expected ${what}` : `expected ${what}, got ${showValue(input)}`),
  });
}
