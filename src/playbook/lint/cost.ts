import type { Planned, Price, Finding } from './finding.ts';
import { spanOfRun } from './run-span.ts';

/** Hours times the price of the host, against what the run may cost. */
export function lintCost(planned: Planned, price: Price | null): Finding[] {
  const limit = planned.budget?.cost ?? null;
  if (limit === null || price === null) return [];
  const run = spanOfRun(planned);
  const most = costOf(run.high ?? run.low, price);
  if (most <= limit) return [];
  const [from, to] = [showMoney(costOf(run.low, price)), showMoney(most)];
  const cost = run.high === null ? `at least ${from}` : run.low === 0 ? `up to ${to}` : from === to ? to : `${from} to ${to}`;
  const rate = `${price.perHour} ${price.currency} an hour`;
  return [
    {
      path: ['budget', 'cost'],
      message: `${run.text}: ${cost} ${price.currency} at ${rate}, and the budget is ${limit} ${price.currency}`,
      suggestion: 'raise the budget, do less, or take a cheaper host',
    },
  ];
}

function costOf(seconds: number, { perHour }: Price): number {
  return (seconds / 3600) * perHour;
}

function showMoney(amount: number): string {
  return amount >= 100 ? amount.toFixed(0) : amount.toFixed(2);
}
