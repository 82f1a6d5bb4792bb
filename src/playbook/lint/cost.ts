import type { Planned, Price, Finding } from './finding.ts';
import { spanOfRun } from './run-span.ts';

/** Hours times the price of the host, against what the run may cost. */
export function lintCost(planned: Planned, price: Price | null): Finding[] {
  const limit = planned.budget?.cost ?? null;
  const cost = price === null ? null : estimateCost(planned, price);
  if (limit === null || price === null || cost === null || cost.most <= limit) return [];
  return [
    {
      path: ['budget', 'cost'],
      message: `${cost.text} at ${price.perHour} ${price.currency} an hour on ${price.host}, and the budget is ${limit} ${price.currency}`,
      suggestion: 'raise the budget, do less, or take a cheaper host',
    },
  ];
}

/** What a run costs, as far as the playbook says how long it takes: `the job takes 1h to 2h: 2.60 to 5.20 USD`. */
export function estimateCost(planned: Planned, price: Omit<Price, 'host'>): { most: number; text: string } | null {
  const run = spanOfRun(planned);
  if (run.text === '') return null;
  const costOf = (seconds: number) => (seconds / 3600) * price.perHour;
  const [least, most] = [costOf(run.low), costOf(run.high ?? run.low)];
  const [from, to] = [showMoney(least), showMoney(most)];
  const cost = run.high === null ? `at least ${from}` : run.low === 0 ? `up to ${to}` : from === to ? to : `${from} to ${to}`;
  return { most, text: `${run.text}: ${cost} ${price.currency}` };
}

function showMoney(amount: number): string {
  return amount.toFixed(amount >= 100 ? 0 : 2);
}
