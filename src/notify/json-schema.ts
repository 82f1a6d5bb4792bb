import { z } from 'zod';
import { notifyFormat } from './format.ts';

/** What editors need to help with the settings: JSON Schema 2020-12, the same text as `schemas/notify.json`. */
export function makeNotifySchema(): object {
  const { $schema, ...schema } = z.toJSONSchema(notifyFormat, { target: 'draft-2020-12', io: 'input' });
  return { $schema, title: 'fleet notify', ...schema };
}
