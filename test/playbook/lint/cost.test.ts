import { expect, it } from 'vitest';
import { launch, lintText } from './lint-text.ts';

const price = { host: 'prime1', perHour: 2.6, currency: 'USD' };
const job = (cost: number, work: string) =>
  `budget: { cost: ${cost} }\nwork: { ${work} }\n${launch('x')}monitor: { checkpoints: { path: c } }`;
const tokens = 'steps: 50000, tokens-per-step: 4096, throughput: 45..55';

it('the cost is told when hours at the price of the host are more than the budget', () => {
  expect(lintText(job(200, tokens), { price })).toEqual([
    'budget.cost: 50000 steps of 4096 tokens at 45..55 tokens/s take 43 to 53 days: 2689 to 3287 USD at 2.6 USD an hour on prime1, and the budget is 200 USD',
  ]);
  expect(lintText(job(3300, tokens), { price })).toEqual([]);
});

it('the cost counts preflight as it is expected', () => {
  const preflight = 'validate:\n  - { check: c, run: x, expected-time: 1h }\n';
  expect(lintText(`${job(3, 'duration: ">= 1h"')}\n${preflight}`, { price })).toEqual([
    'budget.cost: preflight is expected to take 1h, the job takes at least 1h: at least 5.20 USD at 2.6 USD an hour on prime1, and the budget is 3 USD',
  ]);
});

it('the cost is not told without a host, without a budget, or without a time', () => {
  expect(lintText(job(1, tokens))).toEqual([]);
  expect(lintText(`work: { ${tokens} }`, { price })).toEqual([]);
  expect(lintText('budget: { cost: 1 }\nwork: { steps: 5 }', { price })).toEqual([]);
});
