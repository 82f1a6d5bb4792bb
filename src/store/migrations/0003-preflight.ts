/** What people decide about hosts and checks, and what need not be looked at again. */
export const third = `
  -- JSON: why, by whom and when a failure was let pass.
  ALTER TABLE checks ADD COLUMN waiver TEXT;

  -- Kept when lifted: who took a host out of use, and who put it back.
  CREATE TABLE quarantines (
    number INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    reason TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    lifted_by TEXT,
    lifted_at INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX one_quarantine ON quarantines (host) WHERE lifted_at IS NULL;

  -- A look that passed. The key is a digest of all that must stay the same.
  CREATE TABLE remembered (
    key TEXT PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs,
    name TEXT NOT NULL,
    expected TEXT,
    observed TEXT,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
