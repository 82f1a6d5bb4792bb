/** What waits to be run, when it is added again, and who sees to both. */
export const sixth = `
  -- Numbers grow with time. Columns called params, hosts, asked and words hold JSON.
  CREATE TABLE queue_entries (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    playbook TEXT NOT NULL,
    point TEXT,
    -- As launch takes it, and the names it stood for when the entry was added.
    host TEXT NOT NULL,
    hosts TEXT NOT NULL,
    params TEXT NOT NULL,
    asked TEXT NOT NULL,
    sweep TEXT,
    schedule TEXT,
    -- Those that one command has added have the same.
    batch TEXT NOT NULL,
    on_failure TEXT NOT NULL,
    -- Of the whole batch.
    budget_seconds INTEGER,
    budget_cost REAL,
    priority INTEGER NOT NULL,
    after INTEGER REFERENCES queue_entries,
    after_wants TEXT,
    -- Minutes after midnight, in the zone.
    start_from INTEGER,
    start_to INTEGER,
    yield_by INTEGER,
    zone TEXT NOT NULL,
    can_go_on INTEGER NOT NULL,
    -- How often it is tried again after a failure, and how often it has failed.
    retries INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    -- Rungs of the ladder that were taken, the params that they have changed, as JSON, and how many runs were made before.
    rung INTEGER NOT NULL DEFAULT 0,
    runs_before INTEGER NOT NULL DEFAULT 0,
    changed TEXT NOT NULL DEFAULT '{}',
    state TEXT NOT NULL,
    reason TEXT,
    -- Not before this, after a try that came to nothing.
    not_before INTEGER,
    -- Of the run that it has now: when it must be gone, and what it was told to go for.
    yields_at INTEGER,
    yielding TEXT,
    added_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;
  CREATE INDEX open_entries ON queue_entries (priority DESC, number) WHERE ended_at IS NULL;
  CREATE INDEX entries_of_batch ON queue_entries (batch);
  CREATE INDEX running_entries ON queue_entries (number) WHERE state = 'running';

  -- The runs that were made for an entry, in their order.
  CREATE TABLE queue_runs (
    entry INTEGER NOT NULL REFERENCES queue_entries,
    run INTEGER NOT NULL REFERENCES runs,
    PRIMARY KEY (entry, run)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE schedules (
    name TEXT PRIMARY KEY,
    cron TEXT NOT NULL,
    zone TEXT NOT NULL,
    words TEXT NOT NULL,
    folder TEXT NOT NULL,
    catch_up TEXT NOT NULL,
    overlap TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    -- Times up to this one were seen to.
    seen_to INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One row at most: the process that sees to the queue.
  CREATE TABLE daemon (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    token INTEGER NOT NULL,
    what TEXT NOT NULL,
    user TEXT,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    start_ticks INTEGER,
    boot_id TEXT,
    pid_namespace TEXT,
    since INTEGER NOT NULL,
    looked_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    expires_uptime INTEGER
  ) STRICT;
`;
