import { PretendFailure } from '../training/failure.ts';

/** What `-k` and `-m` take: names with `not`, `and` and `or`, without parentheses. `matches` says whether a test has the name. */
export function holds(expression: string, matches: (name: string) => boolean): boolean {
  return expression
    .split(/\s+or\s+/)
    .some((side) => side.split(/\s+and\s+/).every((term) => holdsTerm(term.trim(), matches, expression)));
}

function holdsTerm(term: string, matches: (name: string) => boolean, whole: string): boolean {
  const [, not, name] = /^(not\s+)?([\w.[\]:-]+)$/.exec(term) ?? [];
  if (name === undefined)
    throw new PretendFailure(`ERROR: Wrong expression passed to '-k': ${whole}: the pretend pytest knows not, and, or\n`, 4);
  return matches(name) === (not === undefined);
}
