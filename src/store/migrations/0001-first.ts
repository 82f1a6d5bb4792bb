/**
 * Times are milliseconds since 1970, columns called `plan`, `detail`, `columns`, `incarnation` and `facts` hold JSON. A run is `run` in other
 * tables, by its number; people know it by its id. A `worker` is the position of the target in its run.
 */
export const first = `
  -- Numbers grow with time: newest first is by number, downwards.
  CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    playbook TEXT NOT NULL,
    point TEXT,
    profile TEXT,
    executor TEXT NOT NULL,
    per_hour REAL,
    currency TEXT,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    health TEXT NOT NULL,
    reachability TEXT NOT NULL,
    reachability_since INTEGER,
    observed_at INTEGER,
    verdict TEXT,
    outcome_result TEXT,
    outcome_reason TEXT,
    outcome_exit_code INTEGER,
    outcome_degraded INTEGER,
    message TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    -- Null while the run is active.
    ended_at INTEGER,
    CHECK (ended_at IS NULL OR outcome_result = state)
  ) STRICT;
  CREATE INDEX active_runs ON runs (number) WHERE ended_at IS NULL;

  -- Apart from the run, whose row is written with every look at a host.
  CREATE TABLE plans (
    run INTEGER PRIMARY KEY REFERENCES runs,
    plan TEXT NOT NULL
  ) STRICT;

  -- One row for each run, kept when the lease is given back (user is null then), so that tokens never start again.
  CREATE TABLE leases (
    run INTEGER PRIMARY KEY REFERENCES runs,
    token INTEGER NOT NULL,
    user TEXT,
    host TEXT,
    pid INTEGER,
    start_ticks INTEGER,
    boot_id TEXT,
    pid_namespace TEXT,
    since INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE targets (
    run INTEGER NOT NULL REFERENCES runs,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    host TEXT NOT NULL,
    worker INTEGER NOT NULL,
    address TEXT,
    PRIMARY KEY (run, position)
  ) STRICT, WITHOUT ROWID;

  -- One try of a run on one target.
  CREATE TABLE attempts (
    run INTEGER NOT NULL,
    target INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    pid INTEGER,
    state TEXT NOT NULL,
    exit_code INTEGER,
    incarnation TEXT,
    PRIMARY KEY (run, target, attempt),
    FOREIGN KEY (run, target) REFERENCES targets (run, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE host_claims (
    run INTEGER NOT NULL REFERENCES runs,
    host TEXT NOT NULL,
    worker INTEGER NOT NULL,
    machine TEXT NOT NULL,
    claimed_at INTEGER NOT NULL,
    released_at INTEGER,
    PRIMARY KEY (run, host, worker)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE checks (
    run INTEGER NOT NULL REFERENCES runs,
    phase TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'pending',
    result TEXT,
    expected TEXT,
    observed TEXT,
    message TEXT,
    seconds REAL,
    PRIMARY KEY (run, phase, position),
    CHECK ((status = 'settled') = (result IS NOT NULL))
  ) STRICT, WITHOUT ROWID;

  -- In the order in which the rows were first written.
  CREATE TABLE criteria (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs,
    name TEXT NOT NULL,
    verdict TEXT NOT NULL,
    severity TEXT NOT NULL,
    expected TEXT,
    observed TEXT,
    message TEXT,
    UNIQUE (run, name)
  ) STRICT;

  CREATE TABLE flags (
    number INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs,
    color TEXT NOT NULL,
    text TEXT NOT NULL,
    hint TEXT,
    expected INTEGER NOT NULL,
    count INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL
  ) STRICT;
  -- Two rules may have seen the same line first.
  CREATE UNIQUE INDEX flags_once ON flags (run, color, text, coalesce(hint, ''), expected);

  CREATE TABLE progress (
    run INTEGER PRIMARY KEY REFERENCES runs,
    step REAL,
    of_steps REAL,
    rate_per_second REAL,
    eta_seconds REAL
  ) STRICT;

  -- Ids grow over all runs, so that a reader can follow with the last id it has seen.
  CREATE TABLE events (
    id INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    detail TEXT
  ) STRICT;
  -- An index entry ends with the id of its row: by run, then by id.
  CREATE INDEX events_of_run ON events (run);

  CREATE TABLE offsets (
    run INTEGER NOT NULL REFERENCES runs,
    attempt INTEGER NOT NULL,
    worker INTEGER NOT NULL,
    source TEXT NOT NULL,
    path TEXT NOT NULL,
    inode TEXT,
    head TEXT,
    head_bytes INTEGER NOT NULL,
    read_to INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    PRIMARY KEY (run, attempt, worker, source, path)
  ) STRICT, WITHOUT ROWID;

  -- The key is the order of the file, and the reason why a row cannot be stored twice.
  CREATE TABLE samples (
    run INTEGER NOT NULL REFERENCES runs,
    attempt INTEGER NOT NULL,
    worker INTEGER NOT NULL,
    source TEXT NOT NULL,
    generation INTEGER NOT NULL,
    position INTEGER NOT NULL,
    step REAL,
    at INTEGER NOT NULL,
    columns TEXT NOT NULL,
    PRIMARY KEY (run, attempt, worker, source, generation, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE facts (
    host TEXT NOT NULL,
    worker INTEGER NOT NULL,
    facts TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (host, worker)
  ) STRICT, WITHOUT ROWID;
`;
