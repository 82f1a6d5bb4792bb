/** What a run goes through after its start: its tries, its checkpoints, what is to be seen to in time. */
export const fourth = `
  -- A built-in pattern gave it: the class of the failure.
  ALTER TABLE flags ADD COLUMN failure TEXT;
  -- The attempt that it was judged on; null: by a fleet that knew of one alone.
  ALTER TABLE criteria ADD COLUMN attempt INTEGER;

  -- One attempt over all its workers.
  CREATE TABLE tries (
    run INTEGER NOT NULL REFERENCES runs,
    attempt INTEGER NOT NULL,
    profile TEXT,
    degraded INTEGER NOT NULL,
    -- Why it was begun: null for the first.
    because TEXT,
    -- The checkpoint it goes on from.
    checkpoint TEXT,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER,
    last_step REAL,
    -- JSON: how it ended.
    ending TEXT,
    PRIMARY KEY (run, attempt)
  ) STRICT, WITHOUT ROWID;

  -- In the order in which they were first seen.
  CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs,
    worker INTEGER NOT NULL,
    path TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    step REAL,
    size INTEGER NOT NULL,
    found_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    message TEXT,
    sha256 TEXT,
    metric REAL,
    -- Where a copy lies whose checksum is the same.
    back_up TEXT,
    backed_up_at INTEGER,
    UNIQUE (run, worker, path)
  ) STRICT;

  CREATE TABLE duties (
    run INTEGER NOT NULL REFERENCES runs,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    due TEXT NOT NULL,
    due_at INTEGER,
    state TEXT NOT NULL,
    observed TEXT,
    message TEXT,
    by TEXT,
    at INTEGER,
    PRIMARY KEY (run, position)
  ) STRICT, WITHOUT ROWID;
`;
