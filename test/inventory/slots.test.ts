import { describe, expect, it } from 'vitest';
import { selectHosts } from '../../src/inventory/select.ts';
import { readText, tellText } from './inventory-folder.ts';

const declared = 'accelerators: { vendor: nvidia, model: A100, count: 2 }';

describe('slots', () => {
  it.each([
    [
      `a: { address: x, ${declared}, slots: { one: [0], other: [1, 0] } }`,
      'hosts.a.slots.other[1]: accelerator 0 is in "one" already',
    ],
    [`a: { address: x, ${declared}, slots: { one: [2] } }`, 'hosts.a.slots.one[0]: expected an index from 0 to 1, got 2'],
    ['a: { address: x, slots: { one: [0] } }', 'slots of what? "a" declares no accelerators'],
    [`a: { workers: [x, y], ${declared}, slots: { one: [0] } }`, '"a" has several workers'],
    [`a: { address: x, ${declared}, slots: { "g:0": [0] } }`, 'expected a name of letters, digits, "-", "_" and "."'],
  ])('%s is refused', (host, message) => {
    expect(tellText(`hosts:\n  ${host}\n`).join('\n')).toContain(message);
  });

  it('may be of accelerators that a group declares', () => {
    const group = `groups:\n  g: { members: a, ${declared} }\n`;
    expect(tellText(`${group}hosts:\n  a: { address: x, slots: { one: [1] } }\n`)).toEqual([]);
  });

  it('are no members of a group, which has whole hosts', () => {
    const text = `groups:\n  g: { members: "a:one" }\nhosts:\n  a: { address: x, ${declared}, slots: { one: [1] } }\n`;
    expect(tellText(text).join('\n')).toContain('a group has whole hosts, and "a:one" is a slot of one');
  });
});

describe('selecting slots', () => {
  const lab = () =>
    readText(
      [
        'hosts:',
        '  a4000: { address: x }',
        '  big:',
        '    address: x',
        '    accelerators: { vendor: nvidia, model: A100, count: 4 }',
        '    cost: { per-hour: 8, currency: USD }',
        '    slots: { gpu0: [0], gpu1: [1], rest: [2, 3] }',
      ].join('\n'),
    );

  it.each([
    ['big', ['big']],
    ['big:gpu1', ['big:gpu1']],
    ['big:*', ['big:gpu0', 'big:gpu1', 'big:rest']],
    ['big:gpu?,!big:gpu0', ['big:gpu1']],
    ['*:gpu0,a4000', ['big:gpu0', 'a4000']],
    ['big:*,a4000,!big', ['a4000']],
  ])('%s', (pattern, names) => {
    expect(selectHosts(lab(), pattern).map((host) => host.name)).toEqual(names);
  });

  it.each([
    [
      'big:gpu2',
      'no-host-matches',
      'host pattern "big:gpu2": "big" has no slot "gpu2"',
      'there are big:gpu0, big:gpu1, big:rest',
    ],
    ['a4000:gpu0', 'no-host-matches', '"a4000" has no slot "gpu0"', 'slots: { gpu0: [0] } in hosts.a4000 makes one'],
    ['big,big:gpu0', 'slot-of-whole-host', '"big" is all of what "big:gpu0" is a part of', '"big:*" chooses each of its slots'],
    ['big,!big:gpu0', 'slot-of-whole-host', '"big" is all of what "big:gpu0" is a part of', '"big:*" chooses each of its slots'],
    ['bog:gpu0', 'no-host-matches', 'no host is called "bog"', 'did you mean "big"?'],
    ['big:a:b', 'invalid-pattern', 'expected a host, a group or a pattern, got "big:a:b"', 'a slot, "a100x2:gpu0"'],
  ])('%s is refused', (pattern, code, message, suggestion) => {
    expect(() => selectHosts(lab(), pattern)).toThrow(
      expect.objectContaining({
        code,
        exit: 2,
        message: expect.stringContaining(message) as string,
        suggestions: [expect.stringContaining(suggestion) as string],
      }),
    );
  });

  it('gives a host that has its accelerators alone, and costs its share', () => {
    expect(selectHosts(lab(), 'big:rest')).toMatchObject([
      { slot: { name: 'rest', indices: [2, 3] }, accelerators: { count: 2 }, cost: { perHour: 4 } },
    ]);
  });
});
