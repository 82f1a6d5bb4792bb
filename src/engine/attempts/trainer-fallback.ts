import type { Flag } from '../../monitor/flags.ts';
import type { FlagRule } from '../../monitor/rules.ts';
import type { Drive } from '../drive.ts';
import { readTry } from './record-try.ts';

const hint = 'the trainer has fallen back by itself';

/** The text by which a trainer tells that it has fallen back, watched like an expected yellow flag. */
export function trainerFallbackRules({ plan }: Drive): FlagRule[] {
  const pattern = plan.playbook.fallback?.byTrainer ?? null;
  return pattern === null ? [] : [{ color: 'yellow', pattern, hint, expected: true }];
}

/** The profile stays, and the attempt is degraded: told once. */
export function noteTrainerFallback(drive: Drive, flags: readonly Flag[]): void {
  const record = readTry(drive);
  if (record === null || record.degraded) return;
  const told = flags.find((flag) => flag.hint === hint && flag.expected && flag.lastAt >= record.begunAt);
  if (told === undefined) return;
  const { store } = drive.parts;
  store.together(() => {
    drive.must(store.recordTry(drive.lease, { ...record, degraded: true }));
    drive.tell('degraded', `degraded: ${hint}: ${told.text}`);
  });
}
