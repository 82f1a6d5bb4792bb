export const schemaFormats = ['inventory', 'playbook', 'notify'] as const;

/** JSON Schema 2020-12 of one kind of file. */
export async function readSchema(format: (typeof schemaFormats)[number]): Promise<object> {
  switch (format) {
    case 'inventory': {
      const { makeInventorySchema } = await import('../inventory/json-schema.ts');
      return makeInventorySchema();
    }
    case 'notify': {
      const { makeNotifySchema } = await import('../notify/json-schema.ts');
      return makeNotifySchema();
    }
    case 'playbook': {
      const { makePlaybookSchema } = await import('../playbook/json-schema.ts');
      return makePlaybookSchema();
    }
  }
}
