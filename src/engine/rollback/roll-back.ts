import type { Drive } from '../drive.ts';
import { endRun } from '../end-run.ts';
import { isFailed } from '../entries/check-rows.ts';
import { walkEntries } from '../entries/walk-entries.ts';
import { readEnding } from './end-failed.ts';

/**
 * `rolling-back`: the list is walked once, each entry whatever became of the one before: a lock must not be left out because a test failed. Then the
 * run ends as it would have without it.
 */
export async function rollBack(drive: Drive): Promise<void> {
  const { text, ...ending } = readEnding(drive);
  const records = await walkEntries(drive, 'rollback', drive.plan.playbook.rollback ?? []);
  const failed = records.filter(isFailed).map(({ name, observed }) => `rollback: ${name}: got ${observed ?? 'nothing'}`);
  const message = [ending.message ?? '', ...failed].filter((line) => line !== '').join('\n');
  await endRun(drive, {
    ...ending,
    to: 'failed',
    from: ['rolling-back'],
    event: drive.event('state', failed.length === 0 ? `${text}; rolled back` : `${text}; the rollback failed in part`),
    message: message === '' ? null : message,
  });
}
