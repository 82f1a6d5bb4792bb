import type { FlagRule } from '../../monitor/rules.ts';
import { readTry } from '../attempts/record-try.ts';
import type { Drive } from '../drive.ts';
import { launchOf } from './job.ts';

const hint = 'the job says that it is done';

/** The text that a job prints when it is done, watched like a green flag. */
export function doneRules(drive: Drive): FlagRule[] {
  const { done = null } = launchOf(drive);
  return done === null ? [] : [{ color: 'green', pattern: done, hint, expected: false }];
}

/** Has the present attempt said so? Null: the playbook names no such text. */
export function saidDone(drive: Drive): boolean | null {
  if (doneRules(drive).length === 0) return null;
  const since = readTry(drive)?.begunAt ?? 0;
  return drive.parts.store
    .readFlags(drive.actor.run)
    .some((flag) => flag.color === 'green' && flag.hint === hint && flag.lastAt >= since);
}
