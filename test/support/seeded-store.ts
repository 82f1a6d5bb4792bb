import { readOwner } from '../../src/store/owner.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Lease, NewRun, Store } from '../../src/store/store.ts';

/** Puts runs into a real store, for the commands that look at it. */
export interface Seed {
  store: Store;
  /** A run that this process drives until `store.releaseLease(lease)`. */
  addRun(run: Partial<NewRun> & { id: string }): Lease;
}

export function seedStore(stateDir: string): Seed {
  const store = openStore(stateDir);
  return {
    store,
    addRun(run) {
      const createdAt = run.createdAt ?? Date.now();
      store.createRun(
        {
          kind: 'launch',
          playbook: 'prod-50k',
          point: null,
          profile: null,
          executor: 'detached',
          plan: JSON.stringify({ version: 1, playbook: { env: [{ name: 'NCCL_DEBUG' }] } }),
          targets: [{ index: 0, role: 'main', host: 'prime1', worker: 0, address: '10.0.0.1' }],
          perHour: null,
          currency: null,
          createdAt,
          ...run,
        },
        { at: createdAt, kind: 'state', text: 'queued' },
      );
      const answer = store.takeLease(run.id, readOwner(), { ttlMs: 60_000, now: Date.now(), takeOver: false });
      if (!answer.taken) throw new Error(`run ${run.id} is driven by somebody else`);
      return answer.lease;
    },
  };
}
