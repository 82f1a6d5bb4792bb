import { z } from 'zod';
import { showValue } from '../language/check-schema.ts';
import { path, size, text, textOf, version } from './fields.ts';

const toolName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._+-]*$/, {
  error: ({ input }) => `expected the name of a program such as "git", got ${showValue(input)}`,
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
