import { describe, expect, it } from 'vitest';
import { judgeAnswer } from '../../src/engine/entries/expectation.ts';
import type { Expectation, OutputExpectation } from '../../src/playbook/entries/entry.ts';

const anything: OutputExpectation = { equals: null, oneOf: null, contains: null, matches: null, capture: null, where: null };
const stdout = (of: Partial<OutputExpectation>): Expectation => ({ exit: 0, stdout: { ...anything, ...of }, stderr: null });
const answer = (text: string, exitCode = 0) => ({ exitCode, stdout: text, stderr: '' });

describe('what a command answered against what is expected', () => {
  it.each<[string, Expectation, string, boolean]>([
    ['equal text, but for the last newline', stdout({ equals: '2.7.1' }), '2.7.1\n', true],
    ['other text', stdout({ equals: '2.7.1' }), '2.7.10\n', false],
    ['one of a list', stdout({ oneOf: ['a', 'b'] }), 'b\n', true],
    ['none of a list', stdout({ oneOf: ['a', 'b'] }), 'c\n', false],
    ['a part', stdout({ contains: 'ok' }), 'all ok here\n', true],
    ['a pattern', stdout({ matches: '^v\\d+$' }), 'v12\n', true],
    ['a capture that holds', stdout({ capture: '(?<n>\\d+)/3', where: 'n == 3' }), 'passed 3/3\n', true],
    ['a capture that does not hold', stdout({ capture: '(?<n>\\d+)/3', where: 'n == 3' }), 'passed 2/3\n', false],
    ['a capture that is not there', stdout({ capture: '(?<n>\\d+)/3', where: 'n == 3' }), 'nothing\n', false],
    ['one of two conditions', stdout({ contains: 'a', equals: 'b' }), 'a\n', false],
  ])('%s', (_, expectation, text, met) => {
    expect(judgeAnswer(expectation, answer(text)).met).toBe(met);
  });

  it('is not met by the right text and the wrong exit status', () => {
    const judged = judgeAnswer(stdout({ contains: 'ok' }), answer('ok\n', 3));
    expect(judged).toMatchObject({ met: false });
    expect(judged.observed).toContain('exit 3');
  });

  it('may expect a failure status', () => {
    expect(judgeAnswer({ exit: 1, stdout: null, stderr: null }, answer('', 1)).met).toBe(true);
  });

  it('says what was captured', () => {
    expect(judgeAnswer(stdout({ capture: '(?<n>\\d+)/3', where: 'n == 3' }), answer('2/3')).observed).toBe('n = 2');
  });
});
