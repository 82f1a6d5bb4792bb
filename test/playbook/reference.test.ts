import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reservedKeys } from '../../src/playbook/reserved.ts';
import { makePlaybookSchema } from '../../src/playbook/json-schema.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/playbook.md'), 'utf8');

function collectKeys(node: unknown, keys = new Set<string>()): Set<string> {
  if (typeof node !== 'object' || node === null) return keys;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties') for (const name of Object.keys(value as object)) keys.add(name);
    collectKeys(value, keys);
  }
  return keys;
}

it('the reference page names every key of the format', () => {
  expect([...collectKeys(makePlaybookSchema())].filter((key) => !page.includes(key))).toEqual([]);
});

it('the reference page names every key that is kept for later', () => {
  const notYet = page.slice(page.indexOf('## Not yet'));
  expect(reservedKeys().filter((key) => !notYet.includes(`\`${key}\``))).toEqual([]);
});
