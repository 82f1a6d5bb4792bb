import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkSchema } from '../../src/language/check-schema.ts';
import { formatProblem } from '../../src/problem.ts';
import { parseYaml } from '../../src/yaml.ts';

function tell(schema: z.ZodType, text: string): string[] {
  const { document } = parseYaml('a.yaml', text);
  if (document === null) throw new Error('not YAML');
  return checkSchema(schema, document).problems.map(formatProblem);
}

const host = z.strictObject({
  address: z.union([z.string(), z.strictObject({ unknown: z.string() })]),
  port: z.int().min(1).max(65535).optional(),
  keys: z.array(z.string()).min(1).optional(),
  'host-keys': z.enum(['strict', 'accept-new']).optional(),
  agent: z.boolean().optional(),
});
const schema = z.strictObject({
  hosts: z.record(z.string().regex(/^[a-z]+$/, { error: 'a host name is made of letters' }), host),
});

describe('a document is held to a schema', () => {
  it('a right one gives its value', () => {
    const { document } = parseYaml('a.yaml', 'hosts:\n  a: { address: b }\n');
    if (document === null) throw new Error('not YAML');
    expect(checkSchema(schema, document)).toEqual({ value: { hosts: { a: { address: 'b' } } }, problems: [] });
  });

  it('every problem is told at once, in the order of the file', () => {
    const text = [
      'hosts:',
      '  a:',
      '    port: often',
      '    host-keys: stict',
      '    agent: yes',
      '    keys: []',
      '  b1: { address: x }',
      '  c: { address: x, port: 70000 }',
      'grups: {}',
    ].join('\n');
    expect(tell(schema, text)).toEqual([
      'a.yaml:2:3: hosts.a.address: missing, expected text or a mapping',
      'a.yaml:3:11: hosts.a.port: expected a number, got "often"',
      'a.yaml:4:16: hosts.a.host-keys: expected "strict" or "accept-new", got "stict" (did you mean "strict"?)',
      'a.yaml:5:12: hosts.a.agent: expected true or false, got "yes"',
      'a.yaml:6:11: hosts.a.keys: expected at least 1 entry, got an empty list',
      'a.yaml:7:3: hosts.b1: a host name is made of letters',
      'a.yaml:8:26: hosts.c.port: expected at most 65535, got 70000',
      'a.yaml:9:1: grups: unknown key "grups", expected hosts',
    ]);
  });

  it('a misspelt required key is told once, at the misspelling', () => {
    expect(tell(schema, 'hosts:\n  a: { adress: x }\n')).toEqual([
      'a.yaml:2:8: hosts.a.adress: unknown key "adress" (did you mean "address"?)',
    ]);
  });

  it('of two unknown keys in one place each is told with its own nearest name', () => {
    expect(tell(schema, 'hosts:\n  a: { address: x, prot: 1, agnt: true }\n')).toEqual([
      'a.yaml:2:20: hosts.a.prot: unknown key "prot" (did you mean "port"?)',
      'a.yaml:2:29: hosts.a.agnt: unknown key "agnt" (did you mean "agent"?)',
    ]);
  });

  it.each([
    ['hosts: []', ['a.yaml:1:8: hosts: expected a mapping, got an empty list']],
    ['- a', ['a.yaml:1:1: expected a mapping, got a list']],
    ['hosts: { a: }', ['a.yaml:1:13: hosts.a: expected a mapping, got nothing']],
    ['hosts: { a: { address: x, port: 1.5 } }', ['a.yaml:1:33: hosts.a.port: expected a whole number, got 1.5']],
  ])('%s', (text, told) => {
    expect(tell(schema, text)).toEqual(told);
  });

  it('long values are cut short', () => {
    const [told = ''] = tell(schema, `hosts: { a: { address: x, port: ${'y'.repeat(5000)} } }`);
    expect(told.length).toBeLessThan(200);
  });
});

describe('alternatives', () => {
  it('a value of the shape of none names them all', () => {
    expect(tell(schema, 'hosts: { a: { address: 5 } }')).toEqual([
      'a.yaml:1:24: hosts.a.address: expected text or a mapping, got 5',
    ]);
  });

  it('a value of the shape of one is held to that one', () => {
    expect(tell(schema, 'hosts: { a: { address: { unknwn: x } } }')).toEqual([
      'a.yaml:1:26: hosts.a.address.unknwn: unknown key "unknwn" (did you mean "unknown"?)',
    ]);
  });

  const entry = z.union([
    z.strictObject({ check: z.string(), run: z.string(), expect: z.string().optional() }),
    z.strictObject({ check: z.string(), files: z.strictObject({ glob: z.string(), count: z.int() }) }),
    z.strictObject({ action: z.string(), 'halt-stale': z.string() }),
  ]);

  it.each([
    ['{ check: x, files: { glob: 1, count: 2 } }', ['a.yaml:1:28: files.glob: expected text, got 1']],
    ['{ check: x, fils: { glob: a, count: 2 } }', ['a.yaml:1:13: fils: unknown key "fils" (did you mean "files"?)']],
    ['{ action: x, halt-stal: y }', ['a.yaml:1:14: halt-stal: unknown key "halt-stal" (did you mean "halt-stale"?)']],
    ['{ check: x, run: y, expct: z }', ['a.yaml:1:21: expct: unknown key "expct" (did you mean "expect"?)']],
  ])('of several mappings, the one that fits best is meant: %s', (text, told) => {
    expect(tell(entry, text)).toEqual(told);
  });

  it('a text that fails its own rule keeps the message of the rule', () => {
    const size = z.union([
      z.string().refine((text) => text.endsWith('GB'), { error: 'expected a size' }),
      z.strictObject({ about: z.string() }),
    ]);
    expect(tell(z.strictObject({ size }), 'size: 80')).toEqual(['a.yaml:1:7: size: expected text or a mapping, got 80']);
    expect(tell(z.strictObject({ size }), 'size: "80"')).toEqual(['a.yaml:1:7: size: expected a size']);
  });

  it('alternatives inside alternatives are looked into', () => {
    const nested = z.strictObject({
      a: z.union([z.array(z.union([z.number(), z.strictObject({ deep: z.boolean() })])), z.string()]),
    });
    expect(tell(nested, 'a:\n  - 1\n  - deep: 7\n')).toEqual(['a.yaml:3:11: a[1].deep: expected true or false, got 7']);
  });

  it('an unknown discriminator names the known ones', () => {
    const schema = z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('csv') }),
      z.strictObject({ kind: z.literal('jsonl') }),
    ]);
    expect(tell(schema, 'kind: csb')).toEqual(['a.yaml:1:7: kind: expected "csv" or "jsonl", got "csb" (did you mean "csv"?)']);
  });
});
