import { expandRange, isRange } from './ranges.ts';

/** One part of a selection pattern. `text` is what was typed, for messages; `slot`: a glob of slots of these hosts, null for the whole of them. */
export type Term = { exclude: boolean; text: string; slot: string | null } & (
  { kind: 'group'; name: string } | { kind: 'glob'; glob: string } | { kind: 'names'; names: string[] }
);

const longestPattern = 10_000;

/** `prime1`, `@gpu`, `tpu*`, `a,b`, `node[01-05]`, `@gpu,!prime1`, `a100x2:gpu0`. Throws a RangeError that says what is wrong. */
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
  const [, hosts = '', slot = null] = /^(@?[\w.*?[\],-]+)(?::([\w.*?-]+))?$/.exec(text) ?? [];
  if (hosts === '') throw new RangeError(`expected a host, a group or a pattern, got ${JSON.stringify(part)}`);
  const common = { exclude, text, slot };
  if (hosts.startsWith('@')) return { ...common, kind: 'group', name: hosts.slice(1) };
  if (!/[*?]/.test(hosts)) return { ...common, kind: 'names', names: expandRange(hosts) };
  if (isRange(hosts))
    throw new RangeError(`${JSON.stringify(hosts)} mixes a range with "*" or "?": write two patterns with a comma`);
  return { ...common, kind: 'glob', glob: hosts };
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
