/** What people are to be told, until it has reached them. */
export const seventh = `
  -- An entry of the queue was held for a reason, or has failed, and no run tells it.
  CREATE TABLE entry_events (
    id INTEGER PRIMARY KEY,
    entry INTEGER NOT NULL REFERENCES queue_entries,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_of_entry ON entry_events (entry, id);

  -- One row at most: the last events, of runs and of entries, that were looked at for messages. Since when: what is older is nobody's news.
  CREATE TABLE outbox_cursor (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    event INTEGER NOT NULL,
    entry_event INTEGER NOT NULL,
    begun_at INTEGER NOT NULL
  ) STRICT;

  -- One message to one channel. In the order in which they were put.
  CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    -- What the receiver knows it by.
    id TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    -- What it is about, so that it is put once: an event, a morning.
    cause TEXT NOT NULL,
    run INTEGER REFERENCES runs,
    kind TEXT NOT NULL,
    -- JSON: what it says.
    message TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    -- From then on it is given up.
    expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL,
    -- Why the last try failed.
    reason TEXT,
    settled_at INTEGER,
    -- Who sends it now: a boot, and until when in milliseconds since then.
    sender_boot TEXT,
    sender_until INTEGER,
    UNIQUE (channel, cause)
  ) STRICT;
  CREATE INDEX outbox_pending ON outbox (channel, not_before) WHERE state = 'pending';
`;
