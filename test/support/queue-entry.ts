import type { EntryRecord, NewEntry } from '../../src/store/queue-records.ts';

/** To be added: one that waits for nothing. */
export function makeNewEntry(more: Partial<NewEntry> = {}): NewEntry {
  return {
    id: 'e1',
    name: 'trm on tpu1',
    playbook: 'trm',
    point: null,
    host: 'tpu1',
    hosts: ['tpu1'],
    params: {},
    asked: '{}',
    sweep: null,
    schedule: null,
    batch: 'b1',
    onFailure: 'go-on',
    budget: null,
    priority: 0,
    after: null,
    mayStart: null,
    yieldBy: null,
    zone: 'UTC',
    canGoOn: false,
    retries: 0,
    state: 'waiting',
    addedAt: 0,
    ...more,
  };
}

/** The same as it stands in the queue. */
export function makeEntry(more: Partial<EntryRecord> = {}): EntryRecord {
  const { asked: _, ...entry } = makeNewEntry();
  return {
    ...entry,
    number: 1,
    failures: 0,
    reason: null,
    notBefore: null,
    yieldsAt: null,
    yielding: null,
    rung: 0,
    runsBefore: 0,
    changed: {},
    endedAt: null,
    runs: [],
    ...more,
  };
}
