import { describe, expect, it } from 'vitest';
import { answerAll, type AnswerWish, type SignOff } from '../../src/cli/answers.ts';
import { FleetError } from '../../src/errors.ts';

const stamp = { by: 'ada@laptop', at: 1000 };
const question = (name: string, answer: 'text' | 'number' | 'yes-no'): SignOff => ({
  name,
  deed: { kind: 'question', ask: `${name}?`, answer, accept: null, confirms: false },
});
const confirmation: SignOff = {
  name: 'docs reviewed',
  deed: { kind: 'question', ask: 'Reviewed?', answer: 'yes-no', accept: { kind: 'equals', value: 'yes' }, confirms: true },
};
const signOffs = [question('samples', 'number'), question('who monitors', 'text'), confirmation];

const answer = (wish: Partial<AnswerWish>) => answerAll(signOffs, { given: [], yes: false, ask: null, stamp, ...wish });

async function failureOf(wish: Partial<AnswerWish>): Promise<FleetError> {
  const error: unknown = await answer(wish).catch((thrown: unknown) => thrown);
  if (error instanceof FleetError) return error;
  throw new Error(`expected a refusal, got ${JSON.stringify(error)}`);
}

describe('what a person is asked', () => {
  it('is taken from the words typed, with who said it and when', async () => {
    expect(await answer({ given: ['samples=1e3', 'who monitors=Ada = me'], yes: true })).toEqual({
      samples: { value: 1000, ...stamp, how: '--answer' },
      'who monitors': { value: 'Ada = me', ...stamp, how: '--answer' },
      'docs reviewed': { value: 'yes', ...stamp, how: '--yes' },
    });
  });

  it('is asked at the terminal, in order, where nothing was typed', async () => {
    const asked: string[] = [];
    const ask = ({ name }: SignOff) => {
      asked.push(name);
      return Promise.resolve(name === 'docs reviewed' ? 'N' : ' Bo ');
    };
    expect(await answer({ given: ['samples=5'], ask })).toMatchObject({
      'who monitors': { value: 'Bo', how: 'asked' },
      'docs reviewed': { value: 'no', how: 'asked' },
    });
    expect(asked).toEqual(['who monitors', 'docs reviewed']);
  });

  it('is asked again after a slip, with what was wrong, and not for ever', async () => {
    const troubles: (string | null)[] = [];
    const typed = ['many', '12'];
    const ask = (_: SignOff, trouble: string | null) => {
      troubles.push(trouble);
      return Promise.resolve(typed.shift() ?? '');
    };
    const given = ['who monitors=Ada'];
    expect(await answer({ given, yes: true, ask })).toMatchObject({ samples: { value: 12, how: 'asked' } });
    expect(troubles).toEqual([null, 'the answer to "samples": expected a number, got "many"']);
    expect((await failureOf({ given, yes: true, ask })).message).toContain('expected an answer');
    expect(troubles).toHaveLength(2 + 5);
  });

  it('is told all at once when nobody can be asked, and what to type', async () => {
    const error = await failureOf({ given: ['samples=5'] });
    expect(error).toMatchObject({ code: 'answers-missing', exit: 2 });
    expect(error.message).toContain('who monitors: who monitors?');
    expect(error.suggestions[0]).toBe('give --answer "who monitors=..." --answer "docs reviewed=yes"');
  });

  it('is not answered by --yes unless it is a confirmation', async () => {
    expect((await failureOf({ yes: true })).message).not.toContain('docs reviewed');
  });

  it.each([
    [['samples=many'], /"samples": expected a number, got "many"/],
    [['samples='], /expected an answer/],
    [['docs reviewed=perhaps'], /expected yes or no/],
    [['sample=5'], /does not ask "sample", it asks "samples"/],
    [['samples'], /expected QUESTION=ANSWER/],
    [['samples=1', 'samples=2'], /answered twice/],
  ])('%j is refused', async (given, message) => {
    expect((await failureOf({ given })).message).toMatch(message);
  });
});
