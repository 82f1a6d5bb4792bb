import * as Args from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.ts';
import { readSchema } from '../cli/read-schema.ts';

export default class Schema extends BaseCommand {
  static override summary = 'Print the JSON Schema of a file format, for editors.';
  static override examples = ['fleet schema playbook > playbook.schema.json'];
  static override args = {
    format: Args.string({ name: 'FORMAT', description: 'which files', options: ['inventory', 'playbook'], required: true }),
  };

  async run(): Promise<object> {
    const { args } = await this.parse(Schema);
    const schema = await readSchema(args.format === 'inventory' ? 'inventory' : 'playbook');
    this.answer([JSON.stringify(schema, null, 2)]);
    return schema;
  }
}
