import { isWithin } from '../../language/range.ts';
import { formatSize } from '../../language/units.ts';
import { listFiles } from '../../remote/files.ts';
import type { Drive } from '../drive.ts';
import { readEventsOf } from '../read-events.ts';

const lookEveryMs = 3_000;

/** Tells of every checkpoint once, when its size has stood still over two looks. */
export function watchCheckpoints(drive: Drive): { look(): Promise<void> } {
  const rule = drive.plan.playbook.monitor?.checkpoints ?? null;
  if (rule === null) return { look: () => Promise.resolve() };
  const { clock } = drive.parts;
  const told = new Set(readEventsOf(drive, 'checkpoint').map(({ text }) => text.split(' ')[1]));
  let sizes = new Map<string, number>();
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    async look() {
      if (clock.monotonic() - lookedAt < lookEveryMs) return;
      lookedAt = clock.monotonic();
      const found = await drive.session.call(listFiles(drive.plan.playbook.workdir, [rule.path]));
      for (const { path, size } of found) {
        if (told.has(path) || sizes.get(path) !== size) continue;
        told.add(path);
        const odd = rule.size !== null && !isWithin(rule.size, size) ? `, expected ${rule.size.text}` : '';
        drive.tell('checkpoint', `checkpoint ${path} (${formatSize(size)}${odd})`, { path, size, odd: odd !== '' });
      }
      sizes = new Map(found.map(({ path, size }) => [path, size]));
    },
  };
}
