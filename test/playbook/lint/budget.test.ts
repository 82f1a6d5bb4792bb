import { describe, expect, it } from 'vitest';
import { assemblePlaybook } from '../../../src/playbook/read-playbook.ts';
import { lintBudget } from '../../../src/playbook/lint/budget.ts';
import type { LintedEntry } from '../../../src/playbook/lint/finding.ts';
import { readText } from '../playbook-text.ts';
import { launch, lintText } from './lint-text.ts';

const stages = 'stages: { environment: 15m, dependencies: 30m, verification tests: 15m, first training run: 30m }\n';
const checks = (...times: string[]) =>
  `validate:\n${times.map((time, index) => `  - { check: c${index}, run: x, expected-time: ${time} }\n`).join('')}`;

describe('the budget of time', () => {
  it('is told when the stages add up to more', () => {
    expect(lintText(`budget: { time: 80m }\n${stages}`)).toEqual([
      'budget.time: the 4 stages add up to 1h30m, and there is 1h20m for all of them',
    ]);
    expect(lintText(`budget: { time: 90m }\n${stages}`)).toEqual([]);
  });

  it('is told when preflight and the shortest job take more', () => {
    const work = 'work: { steps: 3600, time-per-step: 1s..2s }\n';
    expect(
      lintText(`budget: { time: 1h }\n${work}${checks('5m', '5m')}${launch('x')}monitor: { checkpoints: { path: c } }`),
    ).toEqual([
      'budget.time: preflight is expected to take 10m, 3600 steps of 1s..2s each take 1h to 2h, and there is 1h for preflight and launch together',
    ]);
    expect(lintText(`budget: { time: 70m }\n${work}${checks('5m', '5m')}${launch('x')}`)).toEqual([]);
    expect(lintText(`budget: { time: 9m }\n${checks('5m', '5m')}`)).toHaveLength(1);
    expect(lintText(`budget: { time: 10m }\n${checks('5m', '5m')}`)).toEqual([]);
  });

  it('is not told when there is none', () => {
    expect(lintText(`${stages}${checks('5h')}`)).toEqual([]);
  });
});

describe('a stage', () => {
  const lintEntries = (...entries: Partial<LintedEntry>[]) => {
    const { document } = readText(`playbook: p\n${stages}${checks(...entries.map(() => '10m'))}`);
    const { built } = assemblePlaybook(document, {});
    const validate = built.validate.map((entry, index) => ({ ...entry, ...entries[index] }));
    return lintBudget({ ...built, validate, params: {}, file: document.file }).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );
  };
  const tests = 'verification tests';

  it('is told when its entries are expected to take longer', () => {
    expect(lintEntries({ stage: tests }, { stage: tests })).toEqual([
      'stages.verification tests: its entries are expected to take 20m together, and it has 15m',
    ]);
    expect(lintEntries({ stage: tests }, { stage: null }, { stage: 'dependencies' })).toEqual([]);
  });

  it('counts the longest of neighbours that go on side by side', () => {
    const side = { stage: tests, parallel: true };
    expect(lintEntries(side, side)).toEqual([]);
    expect(lintEntries(side, side, { stage: tests })).toHaveLength(1);
  });
});
