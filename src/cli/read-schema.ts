/** JSON Schema 2020-12 of one kind of file. */
export async function readSchema(format: 'inventory' | 'playbook'): Promise<object> {
  if (format === 'inventory') {
    const { makeInventorySchema } = await import('../inventory/json-schema.ts');
    return makeInventorySchema();
  }
  const { makePlaybookSchema } = await import('../playbook/json-schema.ts');
  return makePlaybookSchema();
}
