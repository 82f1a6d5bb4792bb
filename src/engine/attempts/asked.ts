import type { Drive } from '../drive.ts';
import { keeps, readEventsOf } from '../read-events.ts';
import type { AttemptEnding } from './attempt-ending.ts';

/** What a rule of the playbook wants of the attempt: that it is stopped, and followed by another. Kept with the event that tells it. */
export interface AskedDetail {
  asked: NonNullable<AttemptEnding['asked']> & { attempt: number };
}

/** What was asked of the present attempt: the first that was. */
export function readAsked(drive: Drive): AskedDetail['asked'] | null {
  const { attempt } = drive.record();
  const asked = readEventsOf(drive, 'action').flatMap(({ detail }) =>
    keeps<AskedDetail>(detail, 'asked') ? [detail.asked] : [],
  );
  return asked.find((one) => one.attempt === attempt) ?? null;
}
