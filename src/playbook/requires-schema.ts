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
  disk: z.strictObject({ path: path.optional(), free: size }).optional(),
});
