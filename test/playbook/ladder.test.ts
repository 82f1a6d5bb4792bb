import { expect, it } from 'vitest';
import { tellText } from './playbook-text.ts';

const head = `playbook: p
params: { seq_len: { type: integer, default: 2048, min: 256 }, dataset: { type: string, default: small } }
launch: { run: x, log: x.log }
`;

it.each([
  ['{ rungs: [] }', /ladder\.rungs/],
  ['{ on: [out-of-memory], rungs: [{ seq_len: 1024 }] }', /ladder\.on\[0\]: .*"out-of-memory"/],
  ['{ rungs: [{ seqlen: 1024 }] }', /ladder\.rungs\[0\]\.seqlen: no param is called "seqlen", it has seq_len, dataset .*seq_len/],
  ['{ rungs: [{ seq_len: 1024 }, { seq_len: 128 }] }', /ladder\.rungs\[1\]\.seq_len: expected at least 256, got 128/],
  ['{ rungs: [{ seq_len: short }] }', /ladder\.rungs\[0\]\.seq_len: expected a whole number, got "short"/],
  ['{ rungs: [{ seq_len: 1024 }], from: the middle }', /ladder\.from/],
])('a ladder of %s is refused, and told where', (ladder, told) => {
  expect(tellText(`${head}ladder: ${ladder}\n`)).toEqual([expect.stringMatching(told)]);
});

it('a ladder of params that the playbook has, with values that they take, is none to speak of', () => {
  expect(tellText(`${head}ladder: { on: [gpu-memory], rungs: [{ seq_len: 1024 }, { seq_len: 512, dataset: tiny }] }\n`)).toEqual(
    [],
  );
});
