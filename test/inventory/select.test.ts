import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FleetError } from '../../src/errors.ts';
import { matchGlob } from '../../src/inventory/pattern.ts';
import { selectHosts } from '../../src/inventory/select.ts';
import { readText } from './inventory-folder.ts';

function lab() {
  return readText(
    [
      'groups:',
      '  gpu: { members: [prime1, a4000] }',
      '  tpu: { members: tpu* }',
      '  nobody: { members: [] }',
      'hosts:',
      '  a4000: { address: x }',
      '  prime1: { address: x }',
      '  tpu1: { address: x }',
      '  tpu2: { address: x }',
      '  "node[01-05]": { address: "n[01-05]" }',
    ].join('\n'),
  );
}

function refusal(pattern: string): FleetError {
  const inventory = lab();
  try {
    selectHosts(inventory, pattern);
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error(`"${pattern}" was accepted`);
}

describe('selecting hosts', () => {
  it.each([
    ['prime1', ['prime1']],
    ['@gpu', ['a4000', 'prime1']],
    ['tpu*', ['tpu1', 'tpu2']],
    ['tpu?', ['tpu1', 'tpu2']],
    ['prime1,a4000', ['prime1', 'a4000']],
    ['a4000, prime1', ['a4000', 'prime1']],
    ['node[02-03]', ['node02', 'node03']],
    ['node[05,01]', ['node05', 'node01']],
    ['@gpu,!prime1', ['a4000']],
    ['!prime1,@gpu', ['a4000']],
    ['*,!node*,!@tpu', ['a4000', 'prime1']],
    ['prime1,@gpu,prime1', ['prime1', 'a4000']],
    ['*1', ['prime1', 'tpu1', 'node01']],
  ])('%s', (pattern, names) => {
    expect(selectHosts(lab(), pattern).map((host) => host.name)).toEqual(names);
  });

  it.each([
    ['prime2', 'no-host-matches', 'host pattern "prime2": no host is called "prime2"', ['did you mean "prime1"?']],
    ['@gpus', 'no-host-matches', 'host pattern "@gpus": no group is called "gpus"', ['did you mean "@gpu"?']],
    ['gpu', 'no-host-matches', 'host pattern "gpu": no host is called "gpu"', ['did you mean the group "@gpu"?']],
    ['@prime1', 'no-host-matches', 'host pattern "@prime1": no group is called "prime1"', ['did you mean the host "prime1"?']],
    ['tpv*', 'no-host-matches', 'host pattern "tpv*": no host matches "tpv*"', ['did you mean "tpu1"?']],
    [
      'node[04-07]',
      'no-host-matches',
      'host pattern "node[04-07]": no host is called "node06" or "node07"',
      ['did you mean "node01"?'],
    ],
    [
      'zzzzzzzz',
      'no-host-matches',
      'host pattern "zzzzzzzz": no host is called "zzzzzzzz"',
      ['there are a4000, prime1, tpu1, tpu2, node01, node02, node03, node04, node05, @gpu, @tpu, @nobody'],
    ],
    ['@nobody', 'no-host-matches', 'host pattern "@nobody": its groups have no hosts', []],
    ['prime1,!prime1', 'no-host-matches', 'host pattern "prime1,!prime1": everything it names is excluded again', []],
    ['!prime1', 'no-host-matches', 'host pattern "!prime1": it only excludes', ['begin with what is wanted: "*,!prime1"']],
    [
      'node[1-1000000]',
      'invalid-pattern',
      'host pattern "node[1-1000000]": "node[1-1000000]" has a range of 1000000 numbers: at most 1024 are allowed',
      ['a host, "@group", "tpu*", "a,b", "node[01-05]", "@gpu,!prime1" or a slot, "a100x2:gpu0"'],
    ],
  ])('%s is refused', (pattern, code, message, suggestions) => {
    expect(refusal(pattern)).toMatchObject({ code, message, suggestions, exit: 2 });
  });

  it('a misspelt name is refused beside right ones, and where it would exclude', () => {
    expect(refusal('prime1,tpu9').message).toContain('"tpu9"');
    expect(refusal('@gpu,!prim1').suggestions).toEqual(['did you mean "prime1"?']);
  });

  it.each(['', ',', 'a,,b', 'a b', 'node[1', '@', '!', 'a;b', 'tpu*[1-2]', 'x'.repeat(20_000)])('%j is no pattern', (pattern) => {
    expect(refusal(pattern)).toMatchObject({ code: 'invalid-pattern', exit: 2 });
  });

  it('a role is not supported yet', () => {
    expect(refusal('trainer=prime1')).toMatchObject({ code: 'not-yet', exit: 2 });
  });

  it('an inventory without hosts says so', () => {
    expect(() => selectHosts({ hosts: [], groups: [] }, 'a')).toThrow(
      expect.objectContaining({ suggestions: ['the inventory describes no hosts'] }),
    );
  });
});

describe('globs', () => {
  it('mean what the same regular expression means', () => {
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    fc.assert(
      fc.property(glob, name, (pattern, text) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(matchGlob(pattern, text)).toBe(new RegExp(`^${source}$`).test(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('many stars cost no time', () => {
    expect(matchGlob('*a'.repeat(2000) + 'b', 'a'.repeat(64))).toBe(false);
  });
});
