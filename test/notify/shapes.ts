import type { RunEvent, ToldRun } from '../../src/notify/describe-events.ts';

const night = Date.parse('2026-11-28T02:12:00Z');

export function toldRun(changes: Partial<ToldRun> = {}): ToldRun {
  return {
    ...{ id: '4f2a', kind: 'launch', playbook: 'prod-50k', point: null, host: 'prime1', attempt: 1, verdict: 'GO' },
    ...{ outcome: null, message: null, createdAt: night - 7_300_000, startedAt: night - 7_200_000 },
    ...{ perHour: 2.6, currency: 'USD' },
    ...changes,
  };
}

export function runEvent(kind: string, text: string, detail: unknown = null): RunEvent {
  return { id: 7, at: night, kind, text, detail };
}
