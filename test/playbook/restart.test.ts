import { expect, it } from 'vitest';
import { tellText } from './playbook-text.ts';

const launch = 'launch: { run: x, log: x.log }\n';

it.each([
  [
    '{ on: [NCCL timeout], times: 1 }',
    /restart\.on\[0\]: expected a class of failures such as "nccl-timeout", or "exit 75", got "NCCL timeout"/,
  ],
  ['{ on: [exit 0], times: 1 }', /restart\.on\[0\]: expected a class of failures .* got "exit 0"/],
  ['{ on: [killed], times: 0 }', /restart\.times/],
  ['{ on: [], times: 1 }', /restart\.on/],
  ['{ on: [killed], times: 1, delay: 10m..30s }', /restart\.delay: expected the smaller end first, got "10m\.\.30s"/],
  [
    '{ on: [killed], times: 1, delay: ">= 30s" }',
    /restart\.delay: expected the first and the longest wait, "30s\.\.10m", got ">= 30s"/,
  ],
])('a restart of %s is refused, and told where', (restart, told) => {
  expect(tellText(`playbook: p\nrestart: ${restart}\n${launch}`)).toEqual([expect.stringMatching(told)]);
});

it.each([
  ['then: [restart, halt]', /then: expected one of "restart", "fallback", "halt" and "give-up", got restart and halt/],
  ['then: [checkpoint-now]', /then\[0\]: "checkpoint-now" needs launch\.checkpoint-now, which is not there/],
])('an action of a flag with %s is refused', (then, told) => {
  expect(tellText(`playbook: p\n${launch}monitor: { flags: [{ red: x, ${then} }] }\n`)).toEqual([expect.stringMatching(told)]);
});

it('a job that is not stopped for lingering does not count as anything for it', () => {
  const linger = 'launch: { run: x, log: x.log, linger: { counts-as: succeeded } }\n';
  expect(tellText(`playbook: p\n${linger}`)).toEqual([
    expect.stringMatching(/launch\.linger\.counts-as: .* "then" is not "halt"/),
  ]);
});
