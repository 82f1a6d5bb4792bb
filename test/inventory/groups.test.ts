import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../src/inventory/inventory.ts';
import { readText, setup, tellText } from './inventory-folder.ts';

const hosts = [
  'hosts:',
  '  a1: { address: x }',
  '  a2: { address: y }',
  '  b1: { address: z, ssh: { user: own } }',
  '  "n[1-4]": { address: "x[1-4]" }',
].join('\n');

function users(inventory: Inventory): Record<string, string> {
  return Object.fromEntries(inventory.hosts.map(({ name, reach }) => [name, reach.kind === 'ssh' ? reach.ssh.user : '']));
}

describe('members of a group', () => {
  it.each([
    ['[a1, b1]', ['a1', 'b1']],
    ['"a1,b1"', ['a1', 'b1']],
    ['a*', ['a1', 'a2']],
    ['"n[2-3]"', ['n2', 'n3']],
    ['["n*", "!n[2-3]"]', ['n1', 'n4']],
    ['["@other", b1]', ['a1', 'a2', 'b1']],
    ['["@other", "!a1"]', ['a2']],
    ['["!a1", "@other"]', ['a2']],
    ['[]', []],
    ['"*"', ['a1', 'a2', 'b1', 'n1', 'n2', 'n3', 'n4']],
  ])('%s', (members, names) => {
    const inventory = readText(`groups:\n  g: { members: ${members} }\n  other: { members: "a*" }\n${hosts}`);
    expect(inventory.groups[0]).toEqual({ name: 'g', description: null, hosts: names });
    expect(inventory.hosts.filter((host) => host.groups.includes('g')).map((host) => host.name)).toEqual(names);
  });

  it('may stand in another file', () => {
    const { read } = setup({
      'a.yaml': 'groups:\n  g: { description: All, members: [x, y] }\nhosts:\n  x: { address: a }\n',
      'b.yaml': 'hosts:\n  y: { address: a }\n',
    });
    expect(read().groups).toEqual([{ name: 'g', description: 'All', hosts: ['x', 'y'] }]);
  });

  it.each([
    ['[a3]', 'a.yaml:2:18: groups.g.members[0]: no host is called "a3" (did you mean "a1"?)'],
    ['"a1,b2"', 'a.yaml:2:17: groups.g.members: no host is called "b2" (did you mean "b1"?)'],
    ['["n[3-6]"]', 'a.yaml:2:18: groups.g.members[0]: no host is called "n5" or "n6" (did you mean "n1"?)'],
    ['["@othr"]', 'a.yaml:2:18: groups.g.members[0]: no group is called "othr" (did you mean "@other"?)'],
    ['[other]', 'a.yaml:2:18: groups.g.members[0]: no host is called "other" (did you mean the group "@other"?)'],
    ['["@a1"]', 'a.yaml:2:18: groups.g.members[0]: no group is called "a1" (did you mean the host "a1"?)'],
    ['["z*"]', 'a.yaml:2:18: groups.g.members[0]: no host matches "z*"'],
    ['["a b"]', 'a.yaml:2:18: groups.g.members[0]: expected a host, a group or a pattern, got "a b"'],
    ['5', 'a.yaml:2:17: groups.g.members: expected text or a list, got 5'],
  ])('%s is refused', (members, told) => {
    expect(tellText(`groups:\n  g: { members: ${members} }\n  other: { members: "a*" }\n${hosts}`)).toEqual([told]);
  });

  it.each([
    ['one in itself', '  g: { members: ["@g"] }', ['a.yaml:2:17: groups.g.members: the groups contain each other: "g" → "g"']],
    [
      'three in a round, one of them excluding',
      '  a: { members: ["@b"] }\n  b: { members: ["a*", "!@c"] }\n  c: { members: ["@a"] }',
      ['a.yaml:2:17: groups.a.members: the groups contain each other: "a" → "b" → "c" → "a"'],
    ],
    [
      'beside groups that are well',
      '  ok: { members: ["@a"] }\n  a: { members: ["@b"] }\n  b: { members: ["@a"] }',
      ['a.yaml:3:17: groups.a.members: the groups contain each other: "a" → "b" → "a"'],
    ],
  ])('a cycle is named: %s', (_what, groups, told) => {
    expect(tellText(`groups:\n${groups}\n${hosts}`)).toEqual(told);
  });

  it('a group described twice, in two files, is refused', () => {
    const { tell } = setup({ 'a.yaml': `groups:\n  g: { members: a1 }\n${hosts}`, 'b.yaml': 'groups:\n  g: { members: a1 }\n' });
    expect(tell()).toEqual(['b.yaml:2:3: groups.g: duplicate group "g", described before at a.yaml:2:3']);
  });

  it('a deep chain of groups is followed', () => {
    const chain = Array.from(
      { length: 500 },
      (_, index) => `  g${index}: { members: ${index === 0 ? 'a1' : `"@g${index - 1}"`} }`,
    ).join('\n');
    expect(readText(`groups:\n${chain}\n${hosts}`).hosts[0]?.groups).toHaveLength(500);
  });
});

describe('settings by group', () => {
  it('apply to members, and a nearer group and the host itself win', () => {
    const groups = [
      'groups:',
      '  all: { members: "*", ssh: { user: far, port: 7 } }',
      '  as: { members: "a*", ssh: { user: near } }',
      '  round: { members: ["@as"], ssh: { user: farther } }',
    ];
    const inventory = readText(`${groups.join('\n').replace('"*"', '["@as", b1, "n*"]')}\n${hosts}`);
    expect(users(inventory)).toEqual({ a1: 'near', a2: 'near', b1: 'own', n1: 'far', n2: 'far', n3: 'far', n4: 'far' });
    expect(inventory.hosts.every(({ reach }) => reach.kind === 'ssh' && reach.ssh.port === 7)).toBe(true);
  });

  it('are merged one by one: each of ssh and params by itself, the others whole', () => {
    const text = [
      'groups:',
      '  near: { members: h, ssh: { port: 1 }, params: { x: 1 }, setup: near, cost: { per-hour: 1, currency: USD } }',
      '  far: { members: "@near", ssh: { port: 2, user: far }, params: { x: 2, y: 2 }, setup: far, remote-dir: /far, accelerators: { vendor: amd, model: m, count: 1, memory: 1GB } }',
      'hosts:',
      '  h: { address: a, params: { z: 3 }, accelerators: { vendor: nvidia, model: n, count: 2 } }',
    ];
    const [host] = readText(text.join('\n')).hosts;
    expect(host).toMatchObject({
      groups: ['near', 'far'],
      params: { x: 1, y: 2, z: 3 },
      setup: 'near',
      remoteDir: '/far',
      cost: { perHour: 1, currency: 'USD' },
      accelerators: { vendor: 'nvidia', model: 'n', count: 2, memory: null },
      reach: { ssh: { user: 'far', port: 1 } },
    });
  });

  it('relative paths of a group start from the folder of its own file', () => {
    const { folder, read } = setup({
      'sub.yaml': 'hosts:\n  h: { address: a }\n',
      'a.yaml': 'groups:\n  g: { members: h, ssh: { key: keys/k } }\n',
    });
    const reach = read().hosts[0]?.reach;
    expect(reach?.kind === 'ssh' && reach.ssh.keys).toEqual([`${folder}/keys/k`]);
  });

  it('two groups that are equally near and disagree are refused, naming both, once for all their hosts', () => {
    const groups =
      'groups:\n  g: { members: "*", ssh: { user: x, port: 1 } }\n  h: { members: "n*,b1", ssh: { user: y, port: 1 } }\n';
    expect(tellText(`${groups}${hosts}`)).toEqual([
      'a.yaml:3:33: groups.h.ssh.user: the groups "g" and "h" disagree about ssh.user of host "n1" and 3 more, and neither is nearer (say it in the host itself, or in one of the groups only)',
    ]);
  });

  it.each([
    'params: { p: 1 }',
    'setup: x',
    'cost: { per-hour: 1, currency: EUR }',
    'remote-dir: /x',
    'keep-runs: 1d',
    'accelerators: { vendor: amd, model: m, count: 1 }',
  ])('they may agree, and must not differ: %s', (setting) => {
    const other = setting.replace(/1|x$/, (one) => (one === '1' ? '2' : 'y'));
    const text = (second: string) => `groups:\n  g: { members: a1, ${setting} }\n  h: { members: a1, ${second} }\n${hosts}`;
    expect(tellText(text(setting))).toEqual([]);
    expect(tellText(text(other))).toHaveLength(1);
  });

  it('a mistake in a group is told, and hides no other', () => {
    expect(tellText(`groups:\n  g: { members: zz, prams: {} }\n  h: { members: yy }\n${hosts}`)).toEqual([
      'a.yaml:2:21: groups.g.prams: unknown key "prams" (did you mean "params"?)',
      'a.yaml:3:17: groups.h.members: no host is called "yy"',
    ]);
  });
});
