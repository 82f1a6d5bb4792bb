import { z } from 'zod';
import { path, size, text, version } from './fields.ts';

export const requiresSchema = z.strictObject({
  accelerators: z
    .strictObject({
      vendor: z.enum(['nvidia', 'amd', 'google']).optional(),
      model: text.optional(),
      count: z.int().min(1).optional(),
      memory: size.optional(),
    })
    .optional(),
  python: version.optional(),
  driver: version.optional(),
  cuda: version.optional(),
  rocm: version.optional(),
  disk: z.strictObject({ path: path.optional(), free: size, inodes: z.int().min(1).optional() }).optional(),
  memory: size.optional().describe('Of the host'),
  cpus: z.int().min(1).optional(),
  tools: z.array(text).min(1).optional().describe('Programs that must be there'),
  network: z.array(text).min(1).optional().describe('Endpoints that the host must reach: "huggingface.co:443"'),
});
