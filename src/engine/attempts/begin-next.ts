import { formatDuration } from '../../language/units.ts';
import type { TryEnding } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';
import type { Next } from './decide-next.ts';
import { beginTry, endTry } from './record-try.ts';

/** The detail of the event that begins a restart. */
export interface RestartDetail {
  restart: { attempt: number; delaySeconds: number };
}

/** One attempt is over and the next one is intended: how the one ended, the other, and `restarting` are stored together. */
export function beginNext(drive: Drive, next: Exclude<Next, { kind: 'none' }>, ending: TryEnding): void {
  const { attempt: before } = drive.record();
  const attempt = before + 1;
  const delaySeconds = next.kind === 'restart' ? next.delaySeconds : 0;
  const when = delaySeconds === 0 ? 'now' : `in ${formatDuration(delaySeconds)}`;
  const where = next.kind === 'fallback' ? ` in the profile ${next.profile}` : '';
  const inProfile = next.kind === 'fallback' ? { profile: next.profile } : {};
  const text = `attempt ${before} is over: ${ending.text}; attempt ${attempt} begins ${when}${where} (${next.because})`;
  const detail: RestartDetail = { restart: { attempt, delaySeconds } };
  drive.parts.store.together(() => {
    endTry(drive, ending);
    beginTry(drive, { attempt, because: next.because, ...inProfile });
    drive.transition({
      from: ['running', 'lingering'],
      to: 'restarting',
      event: drive.event('state', text, detail),
      message: text,
      attempt,
      ...inProfile,
    });
  });
}
