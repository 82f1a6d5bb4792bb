/** What a controller that comes back, and whoever looks meanwhile, must know. */
export const second = `
  -- When a host out of reach is tried again, while somebody drives the run.
  ALTER TABLE runs ADD COLUMN next_try_at INTEGER;
  -- What the last look at the job means, as a sentence.
  ALTER TABLE runs ADD COLUMN evidence TEXT;
  -- When the folder of an ended run was taken off its host.
  ALTER TABLE runs ADD COLUMN swept_at INTEGER;
  -- Milliseconds since the boot of the owner's machine: a clock that no one sets. Null where it is not known.
  ALTER TABLE leases ADD COLUMN expires_uptime INTEGER;
`;
