import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTemplate, holdsTemplate, renderTemplate } from '../../src/language/template.ts';

const scope = { params: { steps: 2048, dir: 'artifacts', fast: true, rate: 2e-4 } };

function render(source: string) {
  const compiled = compileTemplate(source);
  return compiled.ok ? renderTemplate(compiled.template, scope) : compiled.message;
}

describe('a template', () => {
  it.each([
    ['${{ params.steps }}', 2048],
    ['${{params.steps * 2}}', 4096],
    ['${{ params.fast }}', true],
    ['${{ params.dir }}/training.csv', 'artifacts/training.csv'],
    ['${{ params.dir }}-${{ params.steps }}', 'artifacts-2048'],
    [' ${{ params.steps }}', ' 2048'],
    ['lr ${{ params.rate }}', 'lr 0.0002'],
    ['${{ "}}" }}', '}}'],
    ["${{ '}}' + 'a' }}b", '}}ab'],
    ['${{ {"a": {"b": 1}}.a.b }}', 1],
    ['plain } }} text $ {', 'plain } }} text $ {'],
    ['', ''],
  ])('%s', (source, value) => {
    expect(render(source)).toEqual({ value });
  });

  it.each([
    ['${{ params.steps', '"${{" is not closed by "}}"'],
    ['a ${{ }} b', 'in ${{ }}: expected an expression, got nothing'],
    ['${{ 1 + }}', 'in ${{ 1 + }}: unexpected token: EOF'],
  ])('%s is refused', (source, message) => {
    expect(render(source)).toBe(message);
  });

  it('has no value when a name is missing, and none for a list inside text', () => {
    expect(render('${{ params.nope }}')).toEqual({ unknown: 'params.nope is not known' });
    expect(render('a ${{ [1] }}')).toEqual({ unknown: 'a list, map or null cannot stand inside text' });
  });

  it('lists the names of all its expressions', () => {
    const compiled = compileTemplate('${{ params.a }} ${{ params.b + params.a }}');
    expect(compiled.ok && compiled.template.names).toEqual([
      ['params', 'a'],
      ['params', 'b'],
      ['params', 'a'],
    ]);
  });

  it('leaves any text without an expression as it is', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !holdsTemplate(text)),
        (text) => {
          expect(render(text)).toEqual({ value: text });
        },
      ),
    );
  });

  it('never throws, whatever the text', () => {
    const words = fc.constantFrom('${{', '}}', '{', '}', '"', "'", '\\', 'params', '.', '1', ' ');
    fc.assert(
      fc.property(fc.array(words), (text) => {
        expect(() => render(text.join(''))).not.toThrow();
      }),
    );
  });
});
