import type { CheckpointRecord, DutyRecord, TryRecord } from '../../src/store/attempt-records.ts';
import type { Batch, NewEvent, NewRun, Sample } from '../../src/store/records.ts';

export const startOf2026 = Date.UTC(2026, 0, 1);

export function newRun(id: string, changes: Partial<NewRun> = {}): NewRun {
  const target = { index: 0, role: 'main', host: 'prime1', worker: 0, address: null };
  const names = { playbook: 'prod-50k', point: null, profile: null, executor: 'detached', perHour: null, currency: null };
  return { id, kind: 'launch', plan: '{"steps":50000}', targets: [target], createdAt: startOf2026, ...names, ...changes };
}

export function event(kind: string, at = startOf2026): NewEvent {
  return { at, kind, text: `${kind} happened` };
}

export function batch(changes: Partial<Batch> = {}): Batch {
  const nothing = { offsets: [], samples: [], flags: [], criteria: [], progress: null, events: [] };
  return { observedAt: startOf2026, workerStates: [], health: 'green', ...nothing, ...changes };
}

export function offset(changes: Partial<Batch['offsets'][number]> = {}): Batch['offsets'][number] {
  const file = { path: 'training.csv', inode: '77', head: 'c0ffee', headBytes: 6 };
  return { attempt: 1, worker: 0, source: 'training', offset: 0, generation: 0, ...file, ...changes };
}

export function samples(rows: Sample[], changes: Partial<Batch['samples'][number]> = {}): Batch['samples'][number] {
  return { source: 'training', attempt: 1, worker: 0, generation: 0, rows, ...changes };
}

export function sample(position: number, columns: Record<string, unknown> = {}): Sample {
  return { position, step: position, at: startOf2026, columns };
}

export function firstTry(changes: Partial<TryRecord> = {}): TryRecord {
  const open = { endedAt: null, lastStep: null, ending: null };
  return {
    attempt: 1,
    profile: null,
    degraded: false,
    because: null,
    checkpoint: null,
    begunAt: startOf2026,
    ...open,
    ...changes,
  };
}

export function checkpoint(changes: Partial<CheckpointRecord> = {}): CheckpointRecord {
  const unknown = { message: null, sha256: null, metric: null, backUp: null, backedUpAt: null };
  const file = { worker: 0, path: 'out/step-5.pt', attempt: 1, step: 5, size: 10, foundAt: startOf2026 };
  return { ...file, state: 'complete', ...unknown, ...changes };
}

export function duty(changes: Partial<DutyRecord> = {}): DutyRecord {
  const open = { state: 'waiting' as const, observed: null, message: null, by: null, at: null };
  return { position: 0, name: 'look at the first hour', due: 'within 1h', dueAt: null, ...open, ...changes };
}
