import { describe, expect, it } from 'vitest';
import { budgetLeft, timeLeft } from '../../src/engine/entries/time-left.ts';
import type { Entry } from '../../src/playbook/entries/entry.ts';
import { plainEntry } from '../../src/playbook/entries/source-entry.ts';
import type { CheckRecord } from '../../src/store/check-records.ts';

const run = { kind: 'run', command: 'true', expect: { exit: 0, stdout: null, stderr: null } } as const;
const entry = (name: string, more: Partial<Entry> = {}): Entry => ({ ...plainEntry, kind: 'check', name, deed: run, ...more });
const check = (name: string, seconds: number | null): CheckRecord => ({
  ...{ phase: 'validate', position: 0, kind: 'check', name, status: 'settled', result: 'pass' },
  ...{ expected: null, observed: null, message: null, seconds, waiver: null },
});

const install = entry('install', { stage: 'dependencies' });
const verify = entry('verify', { stage: 'dependencies', expectedTimeSeconds: 600 });
const playbook = {
  budget: { seconds: 5_400, cost: null },
  stages: [{ name: 'dependencies', seconds: 1_800 }],
  prepare: [install],
  validate: [verify],
};

describe('what an entry may still take', () => {
  it('is no limit where nothing sets one', () => {
    expect(timeLeft(entry('free'), { prepare: [], validate: [] }, [])).toEqual({ seconds: null, because: null });
  });

  it('is twice its own expected time, or its time limit where that is shorter', () => {
    expect(timeLeft(verify, playbook, []).seconds).toBe(1_200);
    expect(timeLeft({ ...verify, timeoutSeconds: 90 }, playbook, []).seconds).toBe(90);
  });

  it('is what the others have left of twice its stage', () => {
    const checks = [check('install', 3_000), check('of no stage', 100)];
    expect(timeLeft(verify, playbook, checks)).toEqual({ seconds: 600, because: 'stage "dependencies" has 30m' });
  });

  it('is what everything has left of the budget, and may be nothing', () => {
    const checks = [check('of no stage', 5_000), check('at work', null)];
    expect(timeLeft(verify, playbook, checks)).toEqual({ seconds: 400, because: 'the budget has 1h30m' });
    expect(timeLeft(verify, playbook, [check('of no stage', 6_000)]).seconds).toBe(-600);
  });

  it('of a job is what checks and actions have left of the budget', () => {
    expect(budgetLeft(playbook, [check('install', 400)])).toBe(5_000);
    expect(budgetLeft({}, [check('install', 400)])).toBeNull();
  });
});
