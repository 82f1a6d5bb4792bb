import type { AcceleratorAnswer } from './accelerators.ts';

/**
 * What a host has in all, from what each vendor's tools say. Where something is found, a tool of another vendor that fails is a problem that is told;
 * where nothing is, a failure is no proof that there is nothing.
 */
export function joinAnswers(answers: readonly AcceleratorAnswer[]): AcceleratorAnswer {
  const found = answers.flatMap((answer) => (answer.kind === 'found' ? [answer] : []));
  const failed = answers.flatMap((answer) => (answer.kind === 'failed' ? [answer] : []));
  if (found.length > 0) {
    const problems = [...found.flatMap((answer) => answer.problems), ...failed.map(({ message }) => message)];
    return { kind: 'found', accelerators: found.flatMap(({ accelerators }) => accelerators), problems };
  }
  const [first] = failed;
  if (first !== undefined) return first;
  return answers.find(({ kind }) => kind === 'none') ?? { kind: 'no-tool' };
}
