import { z } from 'zod';
import { failureClasses, warningNames } from '../../lifecycle/failure-classes.ts';
import { actions, pattern, text } from '../fields.ts';

export const flagSchema = z.strictObject({
  red: pattern.optional(),
  yellow: pattern.optional(),
  green: pattern.optional(),
  in: text.optional().describe('A metric source whose lines are looked at. Default: the log'),
  hint: text.optional(),
  expected: z.boolean().optional(),
  then: actions.optional(),
});

export const knownIssueSchema = z.strictObject({
  issue: text.describe('What people know it by: "ROCm #2153"'),
  url: text.optional(),
  when: pattern.describe('A line of the log that it shows itself by'),
  hint: text.optional(),
});

export const builtInSchema = z
  .union([z.literal('off'), z.strictObject({ without: z.array(z.enum([...failureClasses, ...warningNames])).min(1) })])
  .describe('Flags that known failures raise by themselves: "off", or all but some');
