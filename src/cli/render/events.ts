import { rfc3339 } from '../../clock.ts';
import type { EventRecord } from '../../store/records.ts';
import type { Screen } from '../screen.ts';
import { printable } from './printable.ts';

export function renderEvents(events: readonly Pick<EventRecord, 'at' | 'kind' | 'text'>[], screen: Screen): string[] {
  return events.map((event) => renderEvent(event, screen));
}

/** `2026-11-22T18:00:00Z running: the job has started`. */
function renderEvent(event: Pick<EventRecord, 'at' | 'kind' | 'text'>, screen: Screen): string {
  const time = rfc3339(event.at).replace(/\.\d+Z$/, 'Z');
  return `${screen.paint('dim', time)} ${printable(event.text)}`;
}
