import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression, type Scope } from '../../src/language/expression.ts';
import { writeExpression, writeGuardedExpression } from '../../src/language/expression-text.ts';

function evaluate(source: string, scope: Scope = {}) {
  const compiled = compileExpression(source);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.message}`);
  return compiled.expression.evaluate(scope);
}

function refusal(source: string): string {
  const compiled = compileExpression(source);
  return compiled.ok ? 'accepted' : `${compiled.column}: ${compiled.message}`;
}

describe('the value of an expression', () => {
  it.each([
    ['params.steps * 2', { params: { steps: 2048 } }, 4096],
    ['steps + 1', { steps: 1.5 }, 2.5],
    ['1 / x', { x: 4 }, 0.25],
    ['x / 2', { x: 5 }, 2.5],
    ['5 / 2', {}, 2],
    ['x - (y - 2)', { x: 1, y: 2 }, 1],
    ['x - -2', { x: 2 }, 4],
    ['-(-x)', { x: 2 }, 2],
    ['1e-12 + x', { x: 0 }, 1e-12],
    ['2.0e-4 == x', { x: 0.0002 }, true],
    ['1 == 1.0', {}, true],
    ['x in [1, 2]', { x: 2 }, true],
    ['params["a b"] + "!"', { params: { 'a b': 'c' } }, 'c!'],
    ['passed == 3 ? "all" : "some"', { passed: 3 }, 'all'],
    ['(a ? false : true) ? 1 : 2', { a: true }, 2],
    ['!(a && b) || c', { a: true, b: true, c: false }, false],
    ['has(x.y) && x.y > 2', { x: {} }, false],
    ['[1, 2].all(i, i < x)', { x: 3 }, true],
    ['size("abc")', {}, 3],
    ['{"a": [1, 2]}.a', {}, [1, 2]],
    ['x == null', { x: null }, true],
    ['unit("40GB")', {}, 40e9],
    ['unit("1GiB")', {}, 2 ** 30],
    ['unit("1h30m")', {}, 5400],
  ])('%s', (source, scope, value) => {
    expect(evaluate(source, scope)).toEqual({ value });
  });

  it('is a plain number, whatever integers it was computed from', () => {
    expect(evaluate('2 * 3')).toEqual({ value: 6 });
    expect(evaluate('{"a": 1}')).toEqual({ value: { a: 1 } });
  });
});

describe('what cannot be known is unknown, never false', () => {
  it.each([
    ['x > 1', {}, 'x is not known'],
    ['a.b > 1', { a: {} }, 'a.b is not known'],
    ['a.b > 1', { a: { b: NaN } }, 'a.b is not known'],
    ['a.b != 1', { a: { b: Infinity } }, 'a.b is not known'],
    ['a > 1', { a: undefined }, 'a is not known'],
    ['a[0] > 1', { a: [NaN] }, 'a is not known'],
    ['a > 1', { a: null }, 'no such overload: dyn<null> > int'],
    ['a == 1', { a: null }, 'cannot compare a missing value with the number 1'],
    ['a != 1', { a: null }, 'cannot compare a missing value with the number 1'],
    ['a == 3', { a: '3' }, 'cannot compare the text "3" with the number 3'],
    ['a != "x"', { a: true }, 'cannot compare true with the text "x"'],
    ['x / y > 3', { x: 1, y: 0 }, 'the arithmetic gives Infinity'],
    ['x / y < 3', { x: 0, y: 0 }, 'the arithmetic gives NaN'],
    ['x * x > 1', { x: 1e200 }, 'the arithmetic gives Infinity'],
    ['x.toString == 1', { x: {} }, 'x.toString is not known'],
    ['x.__proto__ == 1', { x: {} }, 'x.__proto__ is not known'],
    ['unit(x) > 1', { x: '5 parsecs' }, 'expected a size such as "40GB" or a duration such as "15m", got "5 parsecs"'],
    ['timestamp("2024-01-01T00:00:00Z")', {}, 'the result is no number, text, truth value, list or map'],
  ])('%s', (source, scope, unknown) => {
    expect(evaluate(source, scope)).toEqual({ unknown });
  });

  it('does not spoil an answer that holds either way', () => {
    expect(evaluate('a == 1 || missing == 2', { a: 1 })).toEqual({ value: true });
    expect(evaluate('missing == 2 && a == 1', { a: 2 })).toEqual({ value: false });
  });

  it('includes values nested deeper than any playbook needs', () => {
    const deep: unknown = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000));
    expect(evaluate('x == 1', { x: deep })).toEqual({ unknown: 'x is not known' });
  });
});

describe('an expression is refused before it is used', () => {
  it.each([
    ['', '1: expected an expression, got nothing'],
    ['1 +', '4: unexpected token: EOF'],
    ['a = 3', '3: unexpected character: ='],
    ['"a" + 1', '1: no such overload: string + int'],
    ['unitt("1GB")', '1: no function is called "unitt"; the nearest is "unit"'],
    ['1 < 2 && unit("40XB") > 1', '15: expected a size such as "40GB" or a duration such as "15m", got "40XB"'],
    [
      '"a".matches("(a+)+$")',
      '1: "matches" is not part of this language: regular expressions have keys of their own ("matches", "capture")',
    ],
    [
      'matches("a", "b")',
      '1: "matches" is not part of this language: regular expressions have keys of their own ("matches", "capture")',
    ],
    ['cel.bind(a, [1], a)', '1: "bind" is not part of this language: write the value out where it is used'],
    ['[1].all(x, [2].exists(y, y > x))', '12: "exists" inside another loop over a list'],
  ])('%s', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it('when it is too long, too large or too deep', () => {
    expect(refusal('a'.repeat(3_000))).toBe('1: expected at most 2000 characters, got 3000');
    expect(refusal(Array(400).fill('1').join('+'))).toMatch(/exceeded maxAstNodes/);
    expect(refusal(`${'('.repeat(100)}1${')'.repeat(100)}`)).toMatch(/exceeded maxDepth/);
  });

  it('and the largest one that is accepted can be evaluated', () => {
    expect(evaluate(Array(125).fill('x').join('+'), { x: 1 })).toEqual({ value: 125 });
  });

  it('or answered, but never thrown, whatever the source', () => {
    const words = fc.constantFrom(
      'a',
      'a.b',
      '1',
      '2.5',
      '"x"',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '+',
      '-',
      '/',
      '<',
      '==',
      '&&',
      '!',
      '?',
      ':',
      ',',
      'p50(',
      'null',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), fc.anything(), (source, a) => {
        const compiled = compileExpression(source.join(' '));
        if (compiled.ok) expect(Object.keys(compiled.expression.evaluate({ a }))).toHaveLength(1);
        else expect(compiled.column).toBeGreaterThan(0);
      }),
    );
  });
});

describe('the names an expression reads', () => {
  it.each([
    [
      'params.steps * params["seq len"] + params.steps',
      [
        ['params', 'steps'],
        ['params', 'seq len'],
      ],
    ],
    ['[1].all(i, i > limit)', [['limit']]],
    ['unit("1GB") > 1', []],
    ['a[b].c', [['a'], ['b']]],
  ])('%s', (source, names) => {
    const compiled = compileExpression(source);
    expect(compiled.ok && compiled.expression.names).toEqual(names);
  });
});

describe('writing an expression out', () => {
  const rewrite = (source: string, write: typeof writeExpression) => {
    const compiled = compileExpression(source);
    return compiled.ok ? write(compiled.expression.ast) : compiled.message;
  };

  it.each([
    ['a - (b - c)', 'a - (b - c)'],
    ['(a - b) - c', 'a - b - c'],
    ['(a+b)*c', '(a + b) * c'],
    ['!(a && b)', '!(a && b)'],
    ['(a ? b : c) ? 1 : 2', '(a ? b : c) ? 1 : 2'],
    ['(a + b).c', '(a + b).c'],
    ['(a + b)[")"]', '(a + b)[")"]'],
  ])('%s keeps its meaning', (source, text) => {
    expect(rewrite(source, writeExpression)).toBe(text);
  });

  it('puts arithmetic and equality into guards', () => {
    expect(rewrite('a / b == c', writeGuardedExpression)).toBe('(same(finite(a / b), c))');
    expect(rewrite('a != null', writeGuardedExpression)).toBe('a != null');
  });
});
