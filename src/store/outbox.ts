import type { Connection } from './connection.ts';
import { prepareEntryEvents } from './entry-events.ts';
import { readEventRow, type EventRow } from './events.ts';
import { parseStored } from './failures.ts';
import type { MessageRecord, MessageState, Outbox, Settlement } from './outbox-records.ts';

type MessageRow = Omit<MessageRecord, 'message'> & { message: string; number: number };

const columns = `outbox.number, outbox.id, channel, cause, (SELECT runs.id FROM runs WHERE runs.number = outbox.run) AS run, outbox.kind,
  outbox.message, outbox.state, outbox.created_at AS createdAt, not_before AS notBefore, expires_at AS expiresAt, tries, reason,
  settled_at AS settledAt`;

const isClaimed = (row: string) => `coalesce(${row}.sender_until, 0) > @sinceBoot AND ${row}.sender_boot IS @boot`;

/** Messages belong to whoever is alive to send them: no lease of a run guards them. */
export function prepareOutbox(connection: Connection): Outbox {
  const cursor = connection.prepare<[], { event: number; entryEvent: number; begunAt: number }>(
    'SELECT event, entry_event AS entryEvent, begun_at AS begunAt FROM outbox_cursor',
  );
  const begin = connection.prepare<[number]>(
    `INSERT INTO outbox_cursor (one, event, entry_event, begun_at)
     VALUES (1, (SELECT coalesce(max(id), 0) FROM events), (SELECT coalesce(max(id), 0) FROM entry_events), ?) ON CONFLICT DO NOTHING`,
  );
  const move = connection.prepare<[number]>('UPDATE outbox_cursor SET event = ?');
  const events = connection.prepare<[number, number], EventRow>(
    `SELECT events.id, runs.id AS run, events.at, events.kind, events.text, events.detail
     FROM events JOIN runs ON runs.number = events.run WHERE events.id > ? ORDER BY events.id LIMIT ?`,
  );
  const put = connection.prepare(
    `INSERT INTO outbox (id, channel, cause, run, kind, message, state, created_at, not_before, expires_at, tries)
     VALUES (@id, @channel, @cause, (SELECT number FROM runs WHERE id = @run), @kind, @message, 'pending', @createdAt, @notBefore, @expiresAt, 0)
     ON CONFLICT (channel, cause) DO NOTHING`,
  );
  const withdraw = connection.prepare<[number, string, string]>(
    `UPDATE outbox SET state = 'withdrawn', settled_at = ?
     WHERE run = (SELECT number FROM runs WHERE id = ?) AND kind = ? AND state = 'pending' AND tries = 0`,
  );
  const told = connection.prepare<[string, string], { channel: string }>(
    `SELECT channel FROM outbox AS last WHERE run = (SELECT number FROM runs WHERE id = ?) AND kind = ? AND state IN ('pending', 'sent')
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE channel = last.channel AND run = last.run AND kind = last.kind AND number > last.number)`,
  );
  // A message that was tried waits behind those that were not: one that its receiver cannot take holds up no other.
  const next = connection.prepare<[object], MessageRow>(
    `SELECT ${columns} FROM outbox
     WHERE state = 'pending' AND not_before <= @now AND channel IN (SELECT value FROM json_each(@channels)) AND NOT (${isClaimed('outbox')})
       AND NOT EXISTS (SELECT 1 FROM outbox AS other WHERE other.channel = outbox.channel AND other.state = 'pending'
         AND (${isClaimed('other')} OR (other.tries > 0 AND other.not_before > @now)))
     ORDER BY tries, number LIMIT 1`,
  );
  const mark = connection.prepare(
    'UPDATE outbox SET tries = tries + 1, sender_boot = @boot, sender_until = @until WHERE number = @number',
  );
  const settle = connection.prepare(
    `UPDATE outbox SET state = @state, not_before = coalesce(@notBefore, not_before), reason = @reason, settled_at = @settledAt,
       sender_boot = NULL, sender_until = NULL
     WHERE id = @id AND tries = @tries`,
  );
  const expire = connection.prepare<[number, number]>(
    `UPDATE outbox SET state = 'failed', settled_at = ?, reason = 'given up: ' || coalesce(reason, 'it was never tried')
     WHERE state = 'pending' AND expires_at <= ?`,
  );
  const forget = connection.prepare<[number]>(`DELETE FROM outbox WHERE state != 'pending' AND settled_at < ?`);
  const list = connection.prepare<[number], MessageRow>(
    `SELECT ${columns} FROM outbox WHERE state = 'pending' OR settled_at >= ? ORDER BY number`,
  );
  const toRecord = ({ number: _, message, ...row }: MessageRow): MessageRecord => {
    return { ...row, message: parseStored(message, connection.file) };
  };

  return {
    ...prepareEntryEvents(connection),
    readCursor: () => connection.read(() => cursor.get() ?? null),
    begin: (at) => connection.write(() => begin.run(Math.round(at)).changes === 1),
    readEvents: (afterId, limit) =>
      connection.read(() => events.all(afterId, limit)).map((row) => readEventRow(row, connection.file)),
    moveCursor: (event) => {
      connection.write(() => move.run(event));
    },
    put: (message) => {
      const { createdAt, notBefore, expiresAt } = message;
      const times = { createdAt: Math.round(createdAt), notBefore: Math.round(notBefore), expiresAt: Math.round(expiresAt) };
      const row = { ...message, ...times, message: JSON.stringify(message.message) };
      return connection.write(() => put.run(row).changes === 1);
    },
    withdraw: (run, kind, at) => {
      connection.write(() => withdraw.run(Math.round(at), run, kind));
    },
    readTold: (run, kind) => connection.read(() => told.all(run, kind)).map(({ channel }) => channel),
    claim: ({ channels, now, boot, sinceBoot, ttlMs }) => {
      const terms = { now, boot, sinceBoot: Math.round(sinceBoot), channels: JSON.stringify(channels) };
      // Asked often, and mostly for nothing: nobody waits for the right to write then.
      if (connection.read(() => next.get(terms)) === undefined) return null;
      return connection.write(() => {
        const found = next.get(terms);
        if (found === undefined) return null;
        mark.run({ number: found.number, boot, until: Math.round(sinceBoot + ttlMs) });
        return toRecord({ ...found, tries: found.tries + 1 });
      });
    },
    settle: ({ id, tries }, settlement) =>
      connection.write(() => settle.run({ id, tries, ...columnsOf(settlement) }).changes === 1),
    tidy: (now, forgetBefore) => {
      connection.write(() => {
        expire.run(Math.round(now), Math.round(now));
        forget.run(Math.round(forgetBefore));
      }, 'later');
    },
    list: (settledSince) => connection.read(() => list.all(Math.round(settledSince))).map(toRecord),
  };
}

function columnsOf(settlement: Settlement): {
  state: MessageState;
  notBefore: number | null;
  reason: string | null;
  settledAt: number | null;
} {
  switch (settlement.kind) {
    case 'sent':
      return { state: 'sent', notBefore: null, reason: null, settledAt: Math.round(settlement.at) };
    case 'failed':
      return { state: 'failed', notBefore: null, reason: settlement.reason, settledAt: Math.round(settlement.at) };
    case 'later':
      return { state: 'pending', notBefore: Math.round(settlement.notBefore), reason: settlement.reason, settledAt: null };
  }
}
