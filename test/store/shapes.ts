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
  return { observedAt: startOf2026, worker: 0, health: 'green', ...nothing, ...changes };
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
