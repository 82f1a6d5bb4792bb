import { describe, expect, test } from 'vitest';
import { judgeGang } from '../../../src/engine/gang/judge-gang.ts';
import type { Finding } from '../../../src/engine/job/evidence.ts';

const targets = Array.from({ length: 4 }, (_, index) => ({ index, role: 'main', host: 'tpu1', worker: index, address: null }));
const alive: Finding = { kind: 'alive', sentence: 'its process lives: pid 1' };
const silent: Finding = { kind: 'silent', sentence: 'the host does not answer' };
const elsewhere: Finding = { kind: 'elsewhere', sentence: 'another machine answers' };
const lost: Finding = { kind: 'lost', reason: 'reboot', sentence: 'the machine was started again' };
const over = (exitCode: number): Finding => ({ kind: 'over', exitCode, sentence: `its exit status is on the host: ${exitCode}` });

const judge = (findings: Finding[], firstFailed: number | null = null) =>
  judgeGang(
    findings.flatMap((finding, index) => {
      const target = targets[index];
      return target === undefined ? [] : [{ target, finding }];
    }),
    () => firstFailed,
  );

describe('a run on four workers', () => {
  test.each<[string, Finding[], string]>([
    ['all live', [alive, alive, alive, alive], 'alive'],
    ['one has ended and the others live', [over(0), alive, alive, alive], 'alive'],
    ['one has failed and the others live', [alive, over(1), alive, alive], 'alive'],
    ['one is silent', [alive, alive, silent, alive], 'alive'],
    ['one is silent and the others have ended', [over(0), over(0), silent, over(0)], 'alive'],
    ['another machine answers for one', [over(0), over(0), elsewhere, over(0)], 'alive'],
    ['all have ended', [over(0), over(0), over(0), over(0)], 'over'],
    ['one is lost and the others have ended', [over(0), lost, over(0), over(0)], 'lost'],
  ])('of which %s', (_, findings, kind) => {
    expect(judge(findings).finding.kind).toBe(kind);
  });

  test('ends as the worker that failed first, whatever became of those that were stopped for it', () => {
    const found = judge([over(143), over(7), over(143), over(143)], 1);
    expect(found.finding).toEqual({ kind: 'over', exitCode: 7, sentence: 'worker 1: its exit status is on the host: 7' });
    expect(found.decides.index).toBe(1);
  });

  test('ends as the one that failed where the others succeeded', () => {
    expect(judge([over(0), over(0), over(9), over(0)]).finding).toMatchObject({ kind: 'over', exitCode: 9 });
  });

  test('says who stands how', () => {
    expect(judge([alive, over(1), silent, silent]).finding.sentence).toBe(
      '1 of 4 workers live; worker 1: its exit status is on the host: 1; workers 2 and 3: the host does not answer',
    );
  });
});

test('of one worker is its finding', () => {
  expect(judge([over(3)]).finding).toEqual(over(3));
});
