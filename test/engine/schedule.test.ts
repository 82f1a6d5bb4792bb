import { describe, expect, it } from 'vitest';
import { isUnit, scheduleEntries } from '../../src/engine/entries/schedule.ts';
import type { Entry } from '../../src/playbook/entries/entry.ts';
import { plainEntry } from '../../src/playbook/entries/source-entry.ts';

const run = { kind: 'run', command: 'true', expect: { exit: 0, stdout: null, stderr: null } } as const;
const quick: Entry = { ...plainEntry, kind: 'check', name: 'quick', deed: run };
const action: Entry = { ...quick, kind: 'action', name: 'action' };
const long: Entry = { ...quick, name: 'long', expectedTimeSeconds: 600 };
const parallel: Entry = { ...long, name: 'parallel', parallel: true };
const look: Entry = { ...quick, name: 'look', deed: { kind: 'accelerators-free' } };

const loose = { strict: false };

describe('the order in which a list is walked', () => {
  it('asks quick looks together, and what takes long after all of them, in validate', () => {
    expect(scheduleEntries('validate', [long, quick, look, long, quick], loose)).toEqual([[1, 2, 4], [0], [3]]);
  });

  it('is the order of the list elsewhere: an action may need what stands before it', () => {
    expect(scheduleEntries('prepare', [quick, look, action, quick, action, action], loose)).toEqual([[0, 1], [2], [3], [4], [5]]);
    expect(scheduleEntries('verify', [long, quick, quick], loose)).toEqual([[0], [1, 2]]);
  });

  it('lets long checks go on side by side where their author allows it, and no others', () => {
    expect(scheduleEntries('validate', [parallel, parallel, long, parallel], loose)).toEqual([[0, 1], [2], [3]]);
  });

  it('is one after the other with a strict order, whatever is quick', () => {
    expect(scheduleEntries('validate', [long, quick, parallel, quick], { strict: true })).toEqual([[0], [1], [2], [3]]);
  });

  it('has every entry once', () => {
    const all = [parallel, quick, action, long, look, parallel, parallel, quick];
    for (const phase of ['prepare', 'validate', 'verify'] as const) {
      const positions = scheduleEntries(phase, all, loose).flat();
      expect(positions.toSorted((left, right) => left - right)).toEqual(all.map((_, position) => position));
    }
  });
});

describe('a command is a unit of its own on the host', () => {
  it.each([
    ['that changes something', action, true],
    ['with an expected time', long, true],
    ['that may take longer than a question', { ...quick, timeoutSeconds: 61 }, true],
    ['that is quick', { ...quick, timeoutSeconds: 60 }, false],
    ['of fleet itself', { ...look, timeoutSeconds: 600 }, false],
  ])('%s', (_, entry, expected) => {
    expect(isUnit(entry)).toBe(expected);
  });
});
