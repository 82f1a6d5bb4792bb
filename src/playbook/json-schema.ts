import { z } from 'zod';
import { playbookSchema } from './schema.ts';

type Node = z.core.JSONSchema.BaseSchema;

/** What an editor may meet where the format wants a number, a truth value or one of some words. */
const template = { type: 'string', pattern: '\\$\\{\\{.*\\}\\}' } as const;

/** The format of playbooks for editors, JSON Schema 2020-12. */
export function makePlaybookSchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(playbookSchema, {
    target: 'draft-2020-12',
    io: 'input',
    override: ({ jsonSchema, path }) => {
      if (!path.includes('params') && wantsMoreThanText(jsonSchema)) allowTemplate(jsonSchema);
    },
  });
  return { $schema, title: 'fleet playbook', ...schema };
}

function wantsMoreThanText(node: Node): boolean {
  return node.enum !== undefined || node.const !== undefined || ['number', 'integer', 'boolean'].includes(String(node.type));
}

function allowTemplate(node: Node): void {
  const { description, ...plain } = node;
  for (const key of Object.keys(node)) delete node[key];
  node.anyOf = [plain, template];
  if (description !== undefined) node.description = description;
}
