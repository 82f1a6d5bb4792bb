import { z } from 'zod';
import { inventoryFormat } from './format.ts';

/** What editors need to help with an inventory: JSON Schema 2020-12, the same text as `schemas/inventory.json`. */
export function makeInventorySchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(inventoryFormat, { target: 'draft-2020-12', io: 'input' });
  return { $schema, title: 'fleet inventory', ...schema };
}
