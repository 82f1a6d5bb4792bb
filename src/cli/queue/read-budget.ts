import { sumCosts, type Plan } from '../../engine/plan.ts';
import { usageError } from '../../errors.ts';
import { parseNumber } from '../../language/range.ts';
import { parseDuration } from '../../language/units.ts';
import type { BatchBudget } from '../../store/queue-records.ts';
import type { AddWords } from './add-flags.ts';

/** Null: what is added may take as long and cost as much as it does. */
export function readBudget({ 'budget-time': time, 'budget-cost': cost }: AddWords): BatchBudget | null {
  if (time === undefined && cost === undefined) return null;
  return {
    seconds: time === undefined ? null : readAmount(time, '--budget-time', 'a duration such as 72h', parseDuration),
    cost: cost === undefined ? null : readAmount(cost, '--budget-cost', 'an amount such as 200', parseNumber),
  };
}

/** A budget of cost is kept by what the hosts cost, in one currency. */
export function refuseUnknownCost(plans: readonly Plan[], budget: BatchBudget | null): void {
  if (budget === null || budget.cost === null) return;
  const free = plans.find(({ hosts }) => sumCosts(hosts) === null);
  if (free !== undefined)
    throw usageError('usage', `--budget-cost: it is not known what ${free.hosts.map(({ name }) => name).join(', ')} costs`, [
      'give the host a "cost" in the inventory, or use --budget-time',
    ]);
  const currencies = [...new Set(plans.map(({ hosts }) => sumCosts(hosts)?.currency ?? ''))];
  if (currencies.length > 1)
    throw usageError('usage', `--budget-cost: expected hosts of one currency, got ${currencies.join(' and ')}`);
}

function readAmount(text: string, flag: string, expected: string, parse: (text: string) => number): number {
  const amount = parseOrNull(text, parse);
  if (amount !== null && Number.isFinite(amount) && amount > 0) return amount;
  throw usageError('usage', `${flag}: expected ${expected}, got "${text}"`);
}

function parseOrNull(text: string, parse: (text: string) => number): number | null {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
