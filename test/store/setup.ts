import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { momentOf, systemClock } from '../../src/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readOwner } from '../../src/store/owner.ts';
import type { Lease, Owner } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { event, newRun } from './shapes.ts';

/** A folder of the test's own, removed when it ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-store-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function open(stateDir: string): Store {
  const store = openStore(stateDir);
  onTestFinished(() => {
    store.close();
  });
  return store;
}

/** A store with one run, driven by this process. */
export function setup(): { stateDir: string; store: Store; lease: Lease } {
  const stateDir = join(makeFolder(), 'state');
  const store = open(stateDir);
  store.createRun(newRun('run-1'), event('created'));
  return { stateDir, store, lease: lease(store, 'run-1') };
}

export function lease(store: Store, run: string, owner: Owner = readOwner(), takeOver = false): Lease {
  const answer = store.takeLease(run, owner, { ttlMs: 60_000, takeOver, ...momentOf(systemClock) });
  if (!answer.taken) throw new Error(`expected the lease of "${run}", held by pid ${answer.owner.pid}`);
  return answer.lease;
}
