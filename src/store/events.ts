import type { Connection } from './connection.ts';
import { parseStored } from './failures.ts';
import type { Guard } from './guard.ts';
import type { EventRecord, NewEvent } from './records.ts';
import type { Store } from './store.ts';

type Events = Pick<Store, 'recordEvent' | 'readEvents'>;

/** Adds an event inside a transaction that somebody else has begun. */
export type AddEvent = (run: number, event: NewEvent) => void;

export function prepareAddEvent(connection: Connection): AddEvent {
  const insert = connection.prepare<[number, number, string, string, string | null]>(
    'INSERT INTO events (run, at, kind, text, detail) VALUES (?, ?, ?, ?, ?)',
  );
  return (run, event) => {
    const detail = event.detail === undefined ? null : JSON.stringify(event.detail);
    insert.run(run, Math.round(event.at), event.kind, event.text, detail);
  };
}

export type EventRow = Omit<EventRecord, 'detail'> & { detail: string | null };

export function readEventRow(row: EventRow, file: string): EventRecord {
  return { ...row, detail: row.detail === null ? null : parseStored(row.detail, file) };
}

export function prepareEvents(connection: Connection, guard: Guard, addEvent: AddEvent): Events {
  const read = connection.prepare<[string, number, number], EventRow>(
    `SELECT events.id, runs.id AS run, events.at, events.kind, events.text, events.detail
     FROM events JOIN runs ON runs.number = events.run WHERE runs.id = ? AND events.id > ? ORDER BY events.id LIMIT ?`,
  );
  return {
    recordEvent: (lease, event) =>
      guard(lease, (run) => {
        addEvent(run, event);
        return true;
      }),
    readEvents: (run, afterId, limit) =>
      connection.read(() => read.all(run, afterId, limit)).map((row) => readEventRow(row, connection.file)),
  };
}
