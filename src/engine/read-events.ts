import type { EventRecord } from '../store/records.ts';
import type { Drive } from './drive.ts';

const atOnce = 10_000;

/** Whether an event keeps this detail: each has a key that no other has. */
export function keeps<Detail extends object>(detail: unknown, key: keyof Detail): detail is Detail {
  return typeof detail === 'object' && detail !== null && key in detail;
}

/** Every event of the run of this kind, oldest first; of all kinds when null. */
export function readEventsOf(drive: Drive, kind: string | null): EventRecord[] {
  const found: EventRecord[] = [];
  for (let afterId = 0; ;) {
    const page = drive.parts.store.readEvents(drive.actor.run, afterId, atOnce);
    found.push(...page.filter((event) => kind === null || event.kind === kind));
    const last = page.at(-1);
    if (last === undefined || page.length < atOnce) return found;
    afterId = last.id;
  }
}
