import { usageError } from '../errors.ts';
import { splitPair } from '../language/pair.ts';

/** Values of params, by name. */
export type Combination = Readonly<Record<string, string>>;

export interface MatrixWords {
  /** `lr=0.1,0.01` */
  matrix: readonly string[];
  /** `lr=0.5,seed=9` */
  include: readonly string[];
  exclude: readonly string[];
}

/** Every combination of the values, without those that are left out, and with those that are added; in the order of the words. One that comes twice is refused. */
export function expandMatrix({ matrix, include, exclude }: MatrixWords): Combination[] {
  const axes = matrix.map(readAxis);
  const names = axes.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw usageError('usage', `--matrix: "${twice}" is given twice`);
  const whole = axes.reduce<Combination[]>(
    (found, { name, values }) => found.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
  const left = exclude.map((words) => readCombination(words, '--exclude'));
  for (const [index, one] of left.entries())
    if (!whole.some((each) => has(each, one))) throw usageError('usage', `--exclude: no combination has ${exclude[index] ?? ''}`);
  const added = include.map((words) => readCombination(words, '--include'));
  const kept = whole.filter((each) => !left.some((one) => has(each, one)));
  const all = [...(axes.length === 0 && added.length > 0 ? [] : kept), ...added];
  if (all.length === 0) throw usageError('usage', '--exclude: nothing is left of the matrix');
  return refuseTwice(all);
}

/** `lr=0.1 seed=1`. */
export function nameCombination(combination: Combination): string {
  return Object.entries(combination)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

function readAxis(word: string): { name: string; values: string[] } {
  const [name, text] = splitPair(word) ?? [null, ''];
  const values = text.split(',');
  if (name === null || values.includes('')) throw usageError('usage', `--matrix: expected NAME=A,B,C, got "${word}"`);
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  if (twice !== undefined) throw usageError('usage', `--matrix: "${word}" has "${twice}" twice`);
  return { name, values };
}

function readCombination(words: string, flag: string): Combination {
  const pairs = words.split(',').map(splitPair);
  const known = pairs.filter((pair) => pair !== null);
  if (known.length < pairs.length) throw usageError('usage', `${flag}: expected NAME=VALUE,NAME=VALUE, got "${words}"`);
  return Object.fromEntries(known);
}

function has(each: Combination, part: Combination): boolean {
  return Object.entries(part).every(([name, value]) => each[name] === value);
}

function refuseTwice(all: Combination[]): Combination[] {
  const names = all.map(nameCombination);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return all;
  throw usageError('point-twice', `the same point comes twice: ${twice}`);
}
