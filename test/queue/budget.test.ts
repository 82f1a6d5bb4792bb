import { expect, test } from 'vitest';
import { describeUsedUp, secondsForOne, secondsOfBudget } from '../../src/queue/budget.ts';

const hour = 3600;
const idle = { seconds: 0, cost: 0, running: 0, perHour: 0 };

test('a budget of time is shared by the jobs that run', () => {
  const budget = { seconds: 10 * hour, cost: null };
  expect(secondsOfBudget(budget, idle)).toBe(10 * hour);
  expect(secondsOfBudget(budget, { ...idle, seconds: 4 * hour, running: 2 })).toBe(3 * hour);
  expect(secondsOfBudget(budget, { ...idle, seconds: 4 * hour, running: 2 }, { perHour: 0 })).toBe(2 * hour);
  expect(secondsOfBudget(budget, { ...idle, seconds: 11 * hour })).toBe(0);
});

test('a budget of cost lasts as long as what runs costs, and for ever where nothing does', () => {
  const budget = { seconds: null, cost: 200 };
  expect(secondsOfBudget(budget, { ...idle, cost: 150, running: 1, perHour: 25 })).toBe(2 * hour);
  expect(secondsOfBudget(budget, { ...idle, cost: 150 }, { perHour: 10 })).toBe(5 * hour);
  expect(secondsOfBudget(budget, { ...idle, cost: 150 })).toBe(Number.POSITIVE_INFINITY);
  expect(secondsOfBudget(budget, { ...idle, cost: 200 })).toBe(0);
});

test('of two budgets the one that ends first counts', () => {
  expect(secondsOfBudget({ seconds: hour, cost: 200 }, { ...idle, cost: 190, running: 1, perHour: 40 })).toBe(hour / 4);
});

test('the limit of one job leaves out the others, which a guard cannot know', () => {
  expect(secondsForOne({ seconds: 10 * hour, cost: 100 }, { seconds: 4 * hour, cost: 40, running: 3, perHour: 90 }, 10)).toBe(
    6 * hour,
  );
});

test('what is used up is told in the terms of the budget', () => {
  expect(describeUsedUp({ seconds: 2 * hour, cost: 10 }, { ...idle, seconds: 2 * hour, cost: 4 })).toBe(
    'the budget of its sweep is used up (2h of 2h, cost 4.00 of 10.00)',
  );
});
