/** Rows of fleet's own in the table, by name: a waiver of one must not be one of an author's check. */
export const ownChecks = {
  quarantine: 'the host is not in quarantine',
  hostKeepsJobs: 'the host can keep a job running',
  declaredAccelerators: 'declared accelerators',
  machineIsFree: 'no other run has the machine',
  workersAlike: 'the workers are alike',
  source: 'the source is what we mean',
} as const;
