import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Durability } from '../../src/store/connection.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Lease } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { batch, event, newRun, offset, sample, samples, startOf2026 } from './shapes.ts';

/** One call, and what it promises of a power cut; null where it stores nothing. */
export interface Step {
  durability: Durability | null;
  take(): void;
}

const owner = { user: 'ada', host: 'laptop', pid: 7, startTicks: 7, bootId: 'b' };
const moment = { now: startOf2026, sinceBoot: 1_000 };
const run = 'run-1';

/** What a controller stores of a run from its beginning to its end, with whatever else happens to the files meanwhile. The first step opens the store. */
export function writesOfARun(stateDir: string): Step[] {
  let store: Store;
  let lease: Lease;
  const open = () => {
    store = openStore(stateDir);
  };
  const takeLease = () => {
    const answer = store.takeLease(run, owner, { ttlMs: 1_000, takeOver: true, ...moment });
    if (!answer.taken) throw new Error('the lease is held');
    lease = answer.lease;
  };
  const write = (durability: Durability, work: () => boolean): Step => ({
    durability,
    take: () => {
      if (!work()) throw new Error('the write did not land');
    },
  });
  const move = (from: 'queued' | 'preparing' | 'running' | 'halting', to: 'preparing' | 'running' | 'halting' | 'halted') =>
    write('now', () => store.transition(lease, { from: [from], to, event: event('state') }));
  const look = (number: number) =>
    write('later', () => {
      const rows = Array.from({ length: 20 }, (_, row) => sample(number * 1000 + row, { loss: row, note: 'x'.repeat(200) }));
      return store.recordBatch(
        lease,
        batch({ offsets: [offset({ offset: number * 1000 })], samples: [samples(rows)], events: [event(`look-${number}`)] }),
      );
    });
  const settlement = { result: 'pass', expected: null, observed: null, message: null, seconds: 1, waiver: null } as const;
  const worker = { index: 0, role: 'main', host: 'prime1', worker: 0, address: null, attempt: 1 };
  const claim = { host: 'prime1', worker: 0, machine: 'm', claimedAt: 1, releasedAt: null };

  return [
    { durability: null, take: open },
    {
      durability: 'now',
      take: () => store.createRun(newRun(run, { plan: JSON.stringify('step '.repeat(2000)) }), event('created')),
    },
    { durability: 'now', take: takeLease },
    { durability: 'later', take: () => store.recordFacts('prime1', 0, '{"os":"debian"}', 1) },
    move('queued', 'preparing'),
    write('later', () => store.planChecks(lease, [{ phase: 'prepare', position: 0, kind: 'check', name: 'disk' }])),
    write('later', () => store.claimCheck(lease, 'prepare', 0)),
    write('later', () => store.settleCheck(lease, 'prepare', 0, settlement, event('check-settled'))),
    write('now', () => store.recordHostClaim(lease, claim)),
    write('now', () => store.recordOffsets(lease, [offset({ offset: 10 })])),
    write('now', () =>
      store.recordWorker(lease, { ...worker, pid: 9, state: 'running', exitCode: null, incarnation: 'i' }, null),
    ),
    move('preparing', 'running'),
    look(1),
    look(2),
    write('later', () => store.renewLease(lease, { ttlMs: 2_000, ...moment })),
    write('later', () => store.recordReachability(lease, 'unreachable', 5, event('unreachable'))),
    look(3),
    write('now', () => store.recordEvent(lease, event('told'))),
    { durability: null, take: () => checkpoint(stateDir) },
    look(4),
    write('later', () => store.recordHealth(lease, 'red', event('health'))),
    look(5),
    write('now', () => store.recordEvent(lease, event('told'))),
    look(6),
    { durability: null, take: () => store.close() },
    { durability: null, take: open },
    look(7),
    {
      durability: 'now',
      take: () =>
        store.together(() => {
          takeLease();
          store.recordEvent(lease, event('taken-over'));
          store.transition(lease, { from: ['running'], to: 'halting', event: event('state') });
        }),
    },
    look(8),
    move('halting', 'halted'),
    write('later', () => store.releaseLease(lease)),
    { durability: null, take: () => store.close() },
  ];
}

/** As SQLite does by itself once its log is long: what is in the log goes into the database, and the log begins anew. */
function checkpoint(stateDir: string): void {
  const database = new Database(join(stateDir, 'fleet.db'));
  database.pragma('wal_checkpoint(PASSIVE)');
  database.close();
}
