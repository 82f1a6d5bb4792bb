import { expandRange, isRange } from './ranges.ts';

/** One part of a selection pattern. `text` is what was typed, for messages. */
export type Term = { exclude: boolean; text: string } & (
  { kind: 'group'; name: string } | { kind: 'glob'; glob: string } | { kind: 'names'; names: string[] }
);

const longestPattern = 10_000;

/** `prime1`, `@gpu`, `tpu*`, `a,b`, `node[01-05]`, `@gpu,!prime1`. Throws a RangeError that says what is wrong. */
export function parsePattern(text: string): Term[] {
  if (text.length > longestPattern)
    throw new RangeError(`a pattern of ${text.length} characters: at most ${longestPattern} are allowed`);
  return splitTerms(text).map(parseTerm);
}

/** Whether a name fits a pattern of letters, `*` (any number of them) and `?` (any one). Takes time by the product of their lengths at most. */
export function matchGlob(glob: string, name: string): boolean {
  let [at, position, lastStar, retryFrom] = [0, 0, -1, 0];
  while (position < name.length) {
    if (glob[at] === '*') {
      lastStar = at++;
      retryFrom = position;
    } else if (glob[at] === '?' || glob[at] === name[position]) {
      at++;
      position++;
    } else if (lastStar !== -1) {
      at = lastStar + 1;
      position = ++retryFrom;
    } else return false;
  }
  return /^\**$/.test(glob.slice(at));
}

function parseTerm(part: string): Term {
  if (part === '') throw new RangeError('expected a host, a group or a pattern, got nothing');
  const exclude = part.startsWith('!');
  const text = exclude ? part.slice(1).trim() : part;
  if (!/^@?[\w.*?[\],-]+$/.test(text)) throw new RangeError(`expected a host, a group or a pattern, got ${JSON.stringify(part)}`);
  if (text.startsWith('@')) return { kind: 'group', exclude, text, name: text.slice(1) };
  if (!/[*?]/.test(text)) return { kind: 'names', exclude, text, names: expandRange(text) };
  if (isRange(text))
    throw new RangeError(`${JSON.stringify(text)} mixes a range with "*" or "?": write two patterns with a comma`);
  return { kind: 'glob', exclude, text, glob: text };
}

/** At the commas outside brackets. */
function splitTerms(text: string): string[] {
  const terms = [''];
  let inBrackets = false;
  for (const letter of text) {
    if (letter === ',' && !inBrackets) {
      terms.push('');
      continue;
    }
    if (letter === '[') inBrackets = true;
    if (letter === ']') inBrackets = false;
    terms.push((terms.pop() ?? '') + letter);
  }
  return terms.map((term) => term.trim());
}
