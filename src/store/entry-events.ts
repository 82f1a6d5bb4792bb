import type { Connection } from './connection.ts';
import type { EntryEvent, Outbox } from './outbox-records.ts';
import type { EntryChange } from './queue-records.ts';

type EntryEvents = Pick<Outbox, 'readEntryEvents' | 'moveEntryCursor' | 'readStopped'>;

const columns = `event.id, event.at, entry.id AS entry, entry.name, event.state, event.reason
  FROM entry_events AS event JOIN queue_entries AS entry ON entry.number = event.entry`;

/** Inside the write that changes the entry. What a run ends, its own events tell; what a person holds needs no reason. */
export function prepareAddEntryEvent(connection: Connection): (id: string, change: EntryChange) => void {
  const insert = connection.prepare<[string, number, string, string]>(
    'INSERT INTO entry_events (entry, at, state, reason) VALUES ((SELECT number FROM queue_entries WHERE id = ?), ?, ?, ?)',
  );
  return (id, { from, to, reason, at }) => {
    const isNews = to === 'held' || (to === 'failed' && !from.includes('running'));
    if (isNews && reason !== null) insert.run(id, Math.round(at), to, reason);
  };
}

export function prepareEntryEvents(connection: Connection): EntryEvents {
  const read = connection.prepare<[number, number], EntryEvent>(`SELECT ${columns} WHERE event.id > ? ORDER BY event.id LIMIT ?`);
  const move = connection.prepare<[number]>('UPDATE outbox_cursor SET entry_event = ?');
  const stopped = connection.prepare<[number], EntryEvent>(
    `SELECT ${columns} WHERE event.id = (SELECT max(id) FROM entry_events WHERE entry_events.entry = event.entry)
       AND entry.state = event.state AND entry.reason = event.reason AND (event.state = 'held' OR event.at > ?) ORDER BY event.id`,
  );
  return {
    readEntryEvents: (afterId, limit) => connection.read(() => read.all(afterId, limit)),
    moveEntryCursor: (event) => {
      connection.write(() => move.run(event));
    },
    readStopped: (failedSince) => connection.read(() => stopped.all(Math.round(failedSince))),
  };
}
