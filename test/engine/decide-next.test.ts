import { describe, expect, it } from 'vitest';
import type { AttemptEnding } from '../../src/engine/attempts/attempt-ending.ts';
import { decideNext } from '../../src/engine/attempts/decide-next.ts';
import { delayBefore } from '../../src/engine/attempts/delay.ts';
import { findProgress } from '../../src/engine/attempts/find-progress.ts';
import type { RestartRules } from '../../src/playbook/playbook.ts';
import type { CheckpointRecord, TryRecord } from '../../src/store/attempt-records.ts';

const rules: RestartRules = {
  on: ['nccl-timeout', 'exit 75', 'exit-status', 'stalled'],
  times: 3,
  delaySeconds: { first: 30, longest: 600 },
  withoutProgress: 2,
};
const failed: AttemptEnding = {
  exitCode: 1,
  sentinel: false,
  reason: 'exit-status',
  failure: null,
  asked: null,
  endedLike: null,
  progressed: new Set([1, 2, 3, 4]),
};
const attempts = (count: number, steps: (number | null)[] = []): TryRecord[] =>
  Array.from({ length: count }, (_, index) => ({
    attempt: index + 1,
    profile: null,
    degraded: false,
    because: null,
    checkpoint: null,
    begunAt: 0,
    endedAt: null,
    lastStep: steps[index] ?? null,
    ending: null,
  }));
const restart = (because: string, delaySeconds = 30) => ({ kind: 'restart', delaySeconds, because });
const none = (why: string | null = null) => ({ kind: 'none', why });
const usage = { class: 'usage', retry: false };
const asked = { action: 'restart', because: 'a criterion' } as const;

describe('what follows an attempt', () => {
  it.each<[string, Partial<AttemptEnding>, number, RestartRules | null, object]>([
    ['it did not fail', { reason: null, exitCode: 0 }, 1, rules, none()],
    ['the playbook has no rules', {}, 1, null, none()],
    ['its class is named', { failure: { class: 'nccl-timeout', retry: true } }, 1, rules, restart('nccl-timeout')],
    ['its status is named', { exitCode: 75 }, 1, rules, restart('exit 75')],
    ['its reason is named', {}, 1, rules, restart('exit-status')],
    ['nothing of it is named', { reason: 'stopped-short', exitCode: 0 }, 1, rules, none()],
    ['it was called wrongly, and failures of all kinds are named', { exitCode: 2, failure: usage }, 1, rules, none()],
    ['a wrong call is named', { failure: usage }, 1, { ...rules, on: ['usage'] }, restart('usage')],
    ['its status is named, though a retry does not mend it', { exitCode: 75, failure: usage }, 1, rules, restart('exit 75')],
    ['it is the third that fails: twice as long, and twice again', {}, 3, rules, restart('exit-status', 120)],
    ['it was started again as often as is allowed', {}, 4, rules, none('exit-status: it was started again 3 of 3 times')],
    [
      'the last two have brought nothing',
      { progressed: new Set([1]) },
      3,
      rules,
      none('exit-status: 2 attempts have brought no new checkpoint'),
    ],
    ['the last one has brought nothing', { progressed: new Set([1]) }, 2, rules, restart('exit-status', 60)],
    [
      'nothing is limited by progress',
      { progressed: new Set() },
      3,
      { ...rules, withoutProgress: null },
      restart('exit-status', 120),
    ],
    ['somebody has made the halt file', { sentinel: true }, 1, rules, none('exit-status: the halt file is there')],
    ['an action has asked for it', { asked }, 1, null, restart('a criterion')],
    ['an action has asked for it, too often', { asked }, 4, null, none('a criterion: it was started again 3 of 3 times')],
    ['an action has asked for it, and the job had succeeded', { asked, reason: null }, 1, rules, none()],
    ['it was stopped since its work was done', { asked: { action: 'linger', because: '' } }, 1, rules, none()],
  ])('when %s', (_, ending, count, restartRules, next) => {
    expect(decideNext({ fallback: null, restart: restartRules }, attempts(count), { ...failed, ...ending })).toEqual(next);
  });
});

describe('the wait before a restart', () => {
  it('doubles, up to the longest', () => {
    expect([1, 2, 3, 4, 5, 6, 60].map((count) => delayBefore(rules.delaySeconds, count))).toEqual([
      30, 60, 120, 240, 480, 600, 600,
    ]);
  });
});

describe('what an attempt has brought', () => {
  const checkpoint = (attempt: number, state: CheckpointRecord['state']) => ({ attempt, state }) as CheckpointRecord;

  it('is a checkpoint that is or was whole', () => {
    const checkpoints = [checkpoint(1, 'complete'), checkpoint(2, 'invalid'), checkpoint(3, 'writing'), checkpoint(4, 'removed')];
    expect([...findProgress(attempts(4, [1, 2, 3, 4]), checkpoints, 5)]).toEqual([1, 4]);
  });

  it('is a step further than any before, where no checkpoints are watched', () => {
    expect([...findProgress(attempts(4, [10, 10, 12, null]), null, 13)]).toEqual([1, 3, 4]);
    expect([...findProgress(attempts(2, [null, null]), null, null)]).toEqual([]);
  });
});
