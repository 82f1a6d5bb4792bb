import type { EntryRecord } from '../../src/store/queue-records.ts';

/** An entry that waits for nothing. */
export function makeEntry(more: Partial<EntryRecord> = {}): EntryRecord {
  return {
    number: 1,
    id: 'e1',
    name: 'trm on tpu1',
    playbook: 'trm',
    point: null,
    host: 'tpu1',
    hosts: ['tpu1'],
    params: {},
    sweep: null,
    schedule: null,
    priority: 0,
    after: null,
    mayStart: null,
    yieldBy: null,
    zone: 'UTC',
    canGoOn: false,
    retries: 0,
    failures: 0,
    state: 'waiting',
    reason: null,
    notBefore: null,
    yieldsAt: null,
    yielding: false,
    addedAt: 0,
    endedAt: null,
    runs: [],
    ...more,
  };
}
