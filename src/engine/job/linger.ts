import { formatDuration } from '../../language/units.ts';
import type { Linger } from '../../playbook/playbook.ts';
import { readAsked } from '../attempts/asked.ts';
import { stopAttempt } from '../attempts/stop-attempt.ts';
import type { Drive } from '../drive.ts';
import { isFailed } from '../entries/check-rows.ts';
import { decideEntry } from '../entries/decide-entry.ts';
import { saidDone } from './completion.ts';
import { launchOf } from './job.ts';
import type { Look } from './job-monitor.ts';

const fiveMinutes: Linger = { afterSeconds: 300, then: 'notify', countsAs: 'failed' };
const betweenArtifactsMs = 10_000;

/**
 * A process that has done its work and does not exit: the run is `lingering` once that has lasted for as long as the playbook says, and either what it
 * promised is there or nothing is written any more. What takes its time to save, or to evaluate, goes on writing.
 */
export function watchLinger(drive: Drive): { look(look: Look): Promise<void> } {
  const { clock } = drive.parts;
  const { afterSeconds, then } = launchOf(drive).linger ?? fiveMinutes;
  const artifacts = drive.plan.playbook.verify
    .map((entry, position) => ({ entry, position }))
    .filter(({ entry }) => entry.deed.kind === 'files' || entry.deed.kind === 'config');
  let doneSince: number | null = null;
  let grewAt = clock.monotonic();
  let lookedAt = Number.NEGATIVE_INFINITY;

  async function areArtifactsThere(): Promise<boolean> {
    if (artifacts.length === 0 || clock.monotonic() - lookedAt < betweenArtifactsMs) return false;
    lookedAt = clock.monotonic();
    const rows = await Promise.all(
      artifacts.map(({ entry, position }) => decideEntry(drive, entry, { phase: 'verify', position }, null, { doneAt: 0 })),
    );
    return !rows.some(({ result }) => isFailed({ result, waiver: null }));
  }

  return {
    async look(look) {
      const now = clock.monotonic();
      if (look.grew) grewAt = now;
      doneSince = look.finding.kind === 'alive' && isDone(drive, look) ? (doneSince ?? now) : null;
      if (doneSince === null || now - doneSince < afterSeconds * 1000) return;
      const { state } = drive.record();
      if (state === 'running' && (now - grewAt >= afterSeconds * 1000 || (await areArtifactsThere()))) begin(drive, afterSeconds);
      const mayStop = then === 'halt' && drive.plan.observe !== true && drive.record().state === 'lingering';
      if (mayStop && readAsked(drive) === null) {
        await stopAttempt(drive, 'linger', describe(afterSeconds));
      }
    },
  };
}

function isDone(drive: Drive, { judgement }: Look): boolean {
  const { step, of } = judgement.progress;
  return of === null ? saidDone(drive) === true : step !== null && step >= of;
}

function describe(afterSeconds: number): string {
  return `the work is done, and the process has not exited for ${formatDuration(afterSeconds)}`;
}

function begin(drive: Drive, afterSeconds: number): void {
  const text = describe(afterSeconds);
  const message = `${text}: fleet halt ${drive.actor.run} stops it`;
  drive.transition({
    from: ['running'],
    to: 'lingering',
    event: drive.event('state', `lingering: ${text}`),
    message,
  });
}
