import * as Args from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.ts';
import { readSchema, schemaFormats } from '../cli/read-schema.ts';

export default class Schema extends BaseCommand {
  static override summary = 'Print the JSON Schema of a file format, for editors.';
  static override examples = ['fleet schema playbook > playbook.schema.json'];
  static override args = {
    format: Args.string({ name: 'FORMAT', description: 'which files', options: [...schemaFormats], required: true }),
  };

  async run(): Promise<object> {
    const { args } = await this.parse(Schema);
    const schema = await readSchema(schemaFormats.find((format) => format === args.format) ?? 'playbook');
    this.answer([JSON.stringify(schema, null, 2)]);
    return schema;
  }
}
