import { expect, test } from 'vitest';
import { lease, setup } from './setup.ts';
import { checkpoint, duty, event, firstTry, startOf2026 } from './shapes.ts';

test('what is known of an attempt grows, and when it began stays', () => {
  const { store, lease: held } = setup();
  store.recordTry(held, firstTry({ profile: 'gpu' }));
  const ending = { exitCode: 134, failure: 'rocm-fault', text: 'exit 134' };
  store.recordTry(held, firstTry({ profile: 'gpu', begunAt: startOf2026 + 9, endedAt: startOf2026 + 5, lastStep: 7, ending }));
  store.recordTry(held, firstTry({ attempt: 2, profile: 'cpu', degraded: true, because: 'fallback', checkpoint: 'out/5.pt' }));
  expect(store.readTries('run-1')).toEqual([
    firstTry({ profile: 'gpu', endedAt: startOf2026 + 5, lastStep: 7, ending }),
    firstTry({ attempt: 2, profile: 'cpu', degraded: true, because: 'fallback', checkpoint: 'out/5.pt' }),
  ]);
});

test('checkpoints stand in the order in which they were first seen', () => {
  const { store, lease: held } = setup();
  const [later, earlier] = [checkpoint({ path: 'out/b.pt', step: 10 }), checkpoint({ path: 'out/a.pt', state: 'writing' })];
  for (const found of [later, earlier]) store.recordCheckpoint(held, found, event('checkpoint'));
  const whole = { ...earlier, state: 'valid' as const, sha256: 'c0ffee', backUp: 'backup:x/', backedUpAt: startOf2026 + 5 };
  store.recordCheckpoint(held, { ...whole, foundAt: startOf2026 + 5 }, null);
  expect(store.readCheckpoints('run-1')).toEqual([later, whole]);
});

test('a duty that a person has settled stays settled, whoever drives the run', () => {
  const { store, lease: held } = setup();
  store.planDuties(held, [duty()]);
  store.planDuties(held, [duty({ name: 'planned again' })]);
  lease(store, 'run-1', undefined, true);
  const settled = duty({ state: 'met', by: 'ada@laptop', at: startOf2026 });
  expect(store.settleDuty('run-1', settled, event('duty'))).toBe(true);
  expect(store.settleDuty('run-1', duty({ state: 'failed' }), event('duty'))).toBe(false);
  expect(store.settleDuty('run-1', duty({ position: 7 }), event('duty'))).toBe(false);
  expect(store.readDuties('run-1')).toEqual([settled]);
  expect(store.readEvents('run-1', 0, 100).filter(({ kind }) => kind === 'duty')).toHaveLength(1);
});
