import { formatDuration } from '../../language/units.ts';
import { sweepRuns } from '../../remote/records.ts';
import type { Drive } from '../drive.ts';

/** Of one launch: the rest is for the next. */
const atOnce = 200;

/** Takes the folders of runs off the host that ended longer ago than the inventory wants them kept. Only those whose end this store has recorded. */
export async function sweepHost(drive: Drive): Promise<void> {
  const { store, clock } = drive.parts;
  const keepSeconds = drive.host.keepRunsSeconds ?? null;
  if (keepSeconds === null) return;
  const old = store.listUnswept(drive.host.name, clock.now() - keepSeconds * 1000).slice(0, atOnce);
  if (old.length === 0) return;
  const { swept } = await drive.session.call(sweepRuns(drive.actor, old));
  store.recordSwept(swept, clock.now());
  if (swept.length > 0)
    drive.tell(
      'swept',
      `folders of ${swept.length} runs that ended more than ${formatDuration(keepSeconds)} ago are off ${drive.host.name}`,
    );
}
