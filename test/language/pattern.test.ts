import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/language/pattern.ts';

function compile(source: string) {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.pattern;
}

function refusal(source: string): string {
  const compiled = compilePattern(source);
  return compiled.ok ? 'accepted' : compiled.message;
}

describe('a pattern', () => {
  it('is found anywhere in the text', () => {
    expect(compile('CUDA error|NCCL error').test('x NCCL error: y')).toBe(true);
    expect(compile('^CUDA error$').test('x CUDA error')).toBe(false);
  });

  it('captures named groups, numbers as numbers', () => {
    const line = compile('step (?<step>\\d+) \\| loss (?<loss>\\S+) \\| lr (?<lr>\\S+) (?<rest>.*)');
    expect(line.groups).toEqual(['step', 'loss', 'lr', 'rest']);
    expect(line.capture('step 0120 | loss 3.2100 | lr 1.20e-05 ok')).toEqual({ step: 120, loss: 3.21, lr: 1.2e-5, rest: 'ok' });
    expect(line.capture('nothing')).toBeNull();
  });

  it('leaves out groups that took no part', () => {
    expect(compile('(?<a>x)?(?<b>y)').capture('y')).toEqual({ b: 'y' });
  });

  it('keeps digits that are too many for a number as text', () => {
    expect(compile('(?<id>\\d+)').capture('12345678901234567890')).toEqual({ id: '12345678901234567890' });
  });

  it('takes time linear in the text', () => {
    const startedAt = performance.now();
    expect(compile('(a+)+$').test(`${'a'.repeat(100_000)}b`)).toBe(false);
    expect(compile('(?<x>(x+x+)+)y').capture('x'.repeat(20_000))).toBeNull();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it.each([
    ['(a', 'not a regular expression: missing closing ): `(a`'],
    ['(?=x)', 'not a regular expression: invalid or unsupported Perl syntax: `(?=`'],
    ['(a)\\1', 'not a regular expression: invalid escape sequence: `\\1`'],
    ['(?<a>x)(?<a>y)', 'not a regular expression: duplicate capture group name: `a`'],
    ['', 'expected a regular expression, got nothing'],
    ['a'.repeat(2_001), 'expected at most 2000 characters, got 2001'],
  ])('%s is refused', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it('is refused when a short source grows large', () => {
    expect(refusal('(abcdefghij{1,100}){1,9}'.repeat(40))).toBe('the regular expression is too large');
  });

  it('is refused or usable, but never thrown', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.string(), (source, text) => {
        const compiled = compilePattern(source);
        if (compiled.ok) compiled.pattern.capture(text);
        else expect(compiled.message).not.toBe('');
      }),
    );
  });
});
