import { rfc3339 } from '../../../clock.ts';
import type { Deed } from '../../../playbook/entries/entry.ts';
import type { Drive } from '../../drive.ts';
import { describeCondition, holds } from '../conditions.ts';
import type { Result } from './result.ts';

/** What a person answered before the run was made: it is part of the plan, and never asked again. */
export function readSignOff(drive: Drive, name: string, { accept }: Extract<Deed, { kind: 'question' }>): Result {
  const expected = accept === null ? 'an answer' : describeCondition(accept);
  const answer = drive.plan.answers[name];
  if (answer === undefined) return { result: 'error', expected, observed: 'nobody was asked', message: null };
  const observed = `${answer.value}, by ${answer.by} at ${rfc3339(answer.at)} (${answer.how})`;
  return { result: accept === null || holds(accept, answer.value) ? 'pass' : 'fail', expected, observed, message: null };
}
