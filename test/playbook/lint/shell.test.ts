import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCommands } from '../../../src/playbook/lint/shell/commands.ts';
import { meetCommands } from '../../../src/playbook/lint/shell/visit.ts';
import { quote } from '../../../src/quoting.ts';

const wordsOf = (text: string) => readCommands(text).map(({ words }) => words);

describe('the commands of a shell text', () => {
  it.each([
    ['a b; c && d || e | f & g', [['a', 'b'], ['c'], ['d'], ['e'], ['f'], ['g']]],
    [`a 'b c' "d e" f\\ g h"i"'j'`, [['a', 'b c', 'd e', 'f g', 'hij']]],
    ['a \\\n  b', [['a', 'b']]],
    ['X=1 Y="2 3" a', [['a']]],
    ['a > out 2>&1 < in b', [['a', 'b']]],
    ['a &> out b >> c', [['a', 'b']]],
    ['a # b; c\nd', [['a'], ['d']]],
    ['a#b', [['a#b']]],
    ['a <<EOF > b\nc; d\nEOF\ne', [['a'], ['e']]],
    ["a <<-'E' <<F\n1\n\tE\n2\nF\ne", [['a'], ['e']]],
    ['if a; then b; else c; fi', [['a'], ['b'], ['c'], []]],
    ['for x in 1 2; do a; done', [[], ['a'], []]],
    ['while ! a; do b; done', [['a'], ['b'], []]],
    ['f() { a; }', [['f'], ['a'], []]],
    ['a $((1 + 2)) $(b "c)" d) e', [['a', '$((1 + 2))', '$(b "c)" d)', 'e']]],
    ['', []],
  ])('%j', (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  it('know what they stand between, and how deep', () => {
    const seen = readCommands('a | b\n(c; d) && if e; then f; fi || g').map(({ before, after, depth }) => [before, after, depth]);
    expect(seen).toEqual([
      [null, '|', 0],
      ['|', ';', 0],
      ['(', ';', 1],
      [';', ')', 1],
      ['&&', ';', 1],
      [';', ';', 1],
      [';', '||', 0],
      ['||', null, 0],
    ]);
  });

  it('have a word in quotes as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((word) => !word.includes('\0')),
        (word) => {
          expect(wordsOf(`a ${quote(word)} b`)).toEqual([['a', word, 'b']]);
        },
      ),
    );
  });

  it('are read from whatever is written', () => {
    const pieces = [
      '$(',
      ')',
      '((',
      '`',
      '"',
      "'",
      '\\',
      '<<E',
      'E',
      '\n',
      ';',
      '&',
      '|',
      '>',
      '#',
      ' ',
      'sh',
      '-c',
      'set',
      '-o',
      '{',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (parts) => {
        for (const { command, words } of meetCommands(parts.join(''))) {
          expect(command.depth).toBeGreaterThanOrEqual(0);
          expect(words.length).toBeLessThanOrEqual(command.words.length);
        }
      }),
    );
  });
});

describe('commands inside others', () => {
  const met = (text: string) => meetCommands(text).map(({ words, inner }) => `${inner ? '+' : ''}${words.join(' ')}`);

  it.each([
    ["bash -euo pipefail -c 'a; b'", ['bash -euo pipefail -c a; b', '+a', '+b']],
    ['x "$(a | b)" `c`', ['x $(a | b) `c`', '+a', '+b', '+c']],
    ['sudo -u me env A=1 timeout -k 5 10 nice -n 3 a b', ['a b']],
    ['bash script.sh -c x', ['bash script.sh -c x']],
    ['command -v a', ['command -v a']],
  ])('%s', (text, commands) => {
    expect(met(text)).toEqual(commands);
  });

  it('have the options of their own shell, or of the text around', () => {
    const options = (text: string) => meetCommands(text).map((one) => `${one.words[0]} ${[...one.options].join(' ')}`.trim());
    expect(options("set -eo pipefail; a $(b); bash -o pipefail -c 'c; set +o pipefail; d'; sh -c e")).toEqual([
      'set',
      'a errexit pipefail',
      'b errexit pipefail',
      'bash errexit pipefail',
      'c pipefail',
      'set pipefail',
      'd',
      'sh errexit pipefail',
      'e',
    ]);
  });
});
