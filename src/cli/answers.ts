import type { Answer } from '../engine/plan.ts';
import { FleetError, usageError } from '../errors.ts';
import { suggestName } from '../language/check-schema.ts';
import { parseNumber } from '../language/range.ts';
import type { Deed, Entry } from '../playbook/entries/entry.ts';
import type { ResolvedPlaybook } from '../playbook/playbook.ts';

type Question = Extract<Deed, { kind: 'question' }>;

export interface SignOff {
  name: string;
  deed: Question;
}

/** `trouble` is what was wrong with the last answer. */
type Ask = (signOff: SignOff, trouble: string | null) => Promise<string>;

export interface AnswerWish {
  /** `NAME=ANSWER`, as typed. */
  given: readonly string[];
  /** Accept confirmations. */
  yes: boolean;
  /** Asks the person at the terminal; null where there is none. */
  ask: Ask | null;
  stamp: { by: string; at: number };
}

/** What a person is asked before the run is made, in the order of the playbook. */
export function listSignOffs({ prepare, validate }: Pick<ResolvedPlaybook, 'prepare' | 'validate'>): SignOff[] {
  return [...prepare, ...validate].flatMap(({ name, deed }: Entry) => (deed.kind === 'question' ? [{ name, deed }] : []));
}

/** Every question of the playbook with its answer. What is missing is told all at once, and then there is no run. */
export async function answerAll(signOffs: readonly SignOff[], wish: AnswerWish): Promise<Record<string, Answer>> {
  const given = readGiven(signOffs, wish.given);
  const answers: Record<string, Answer> = {};
  const missing: SignOff[] = [];
  for (const signOff of signOffs) {
    const answer = await answerOne(signOff, given.get(signOff.name), wish);
    if (answer === null) missing.push(signOff);
    else answers[signOff.name] = { value: answer.value, ...wish.stamp, how: answer.how };
  }
  if (missing.length > 0) throw tellMissing(missing);
  return answers;
}

/** Null when nothing was given and nobody can be asked. */
async function answerOne(
  signOff: SignOff,
  given: string | undefined,
  { yes, ask }: AnswerWish,
): Promise<Pick<Answer, 'value' | 'how'> | null> {
  if (given !== undefined) return { value: readAnswer(signOff, given), how: '--answer' };
  if (yes && signOff.deed.confirms) return { value: readAnswer(signOff, 'yes'), how: '--yes' };
  return ask === null ? null : { value: await askUntilFit(signOff, ask), how: 'asked' };
}

/** A slip at the terminal costs nothing: the question comes again, a few times. */
async function askUntilFit(signOff: SignOff, ask: Ask): Promise<string | number> {
  let trouble: string | null = null;
  for (let left = 5; ; left--) {
    const typed = await ask(signOff, trouble);
    try {
      return readAnswer(signOff, typed);
    } catch (error) {
      if (left === 1 || !(error instanceof FleetError)) throw error;
      trouble = error.message;
    }
  }
}

function readGiven(signOffs: readonly SignOff[], words: readonly string[]): Map<string, string> {
  const names = signOffs.map(({ name }) => name);
  const given = new Map<string, string>();
  for (const word of words) {
    const { name, rest } = splitAtName(word, names, '--answer', 'QUESTION=ANSWER');
    if (!names.includes(name)) {
      const expected = names.length === 0 ? 'it asks nothing' : `it asks ${names.map((one) => JSON.stringify(one)).join(', ')}`;
      const nearest = suggestName(name, names);
      throw usageError(
        'usage',
        `--answer: the playbook does not ask ${JSON.stringify(name)}, ${expected}`,
        nearest === null ? [] : [nearest],
      );
    }
    if (given.has(name)) throw usageError('usage', `--answer: ${JSON.stringify(name)} is answered twice`);
    given.set(name, rest);
  }
  return given;
}

/** A name may hold "=" itself, so the known ones are tried first. */
export function splitAtName(word: string, names: readonly string[], flag: string, form: string): { name: string; rest: string } {
  const known = names.filter((name) => word.startsWith(`${name}=`)).toSorted((one, other) => other.length - one.length)[0];
  const end = known?.length ?? word.indexOf('=');
  if (end <= 0) throw usageError('usage', `${flag}: expected ${form}, got ${JSON.stringify(word)}`);
  return { name: word.slice(0, end), rest: word.slice(end + 1).trim() };
}

function readAnswer({ name, deed }: SignOff, typed: string): string | number {
  const text = typed.trim();
  const refuse = (expected: string) =>
    usageError('usage', `the answer to ${JSON.stringify(name)}: expected ${expected}, got ${JSON.stringify(typed)}`);
  if (text === '') throw refuse('an answer');
  if (deed.answer === 'text') return text;
  if (deed.answer === 'yes-no') {
    const lower = text.toLowerCase();
    if (['yes', 'y', 'no', 'n'].includes(lower)) return lower.startsWith('y') ? 'yes' : 'no';
    throw refuse('yes or no');
  }
  try {
    return parseNumber(text);
  } catch (error) {
    if (error instanceof RangeError) throw refuse('a number');
    throw error;
  }
}

function tellMissing(missing: readonly SignOff[]): Error {
  const questions = missing.map(({ name, deed }) => `${name}: ${deed.ask}`).join('\n  ');
  const flags = missing.map(
    ({ name, deed }) => `--answer ${JSON.stringify(`${name}=${deed.answer === 'yes-no' ? 'yes' : '...'}`)}`,
  );
  const yes = missing.every(({ deed }) => deed.confirms) ? ['or give --yes, which accepts every confirmation'] : [];
  return usageError('answers-missing', `a person must answer first, and there is no terminal to ask at:\n  ${questions}`, [
    `give ${flags.join(' ')}`,
    ...yes,
  ]);
}
