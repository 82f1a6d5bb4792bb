import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { momentOf, systemClock, type Moment } from '../../src/clock.ts';
import { readOwner } from '../../src/store/owner.ts';
import type { Owner } from '../../src/store/records.ts';
import { lease, open, setup } from './setup.ts';
import { event, newRun } from './shapes.ts';

const here = readOwner();
const elsewhere: Owner = { ...here, host: 'other-laptop', bootId: 'another-boot', pid: 4242 };
const hour = 3_600_000;
const start: Moment = { now: 1_000_000_000, sinceBoot: 7_000_000 };
const terms = { ttlMs: 30_000, takeOver: false, ...start };

/** So much later, on a wall clock that was set by `setMs` meanwhile. */
function later(ms: number, setMs = 0): Moment {
  return { now: start.now + ms + setMs, sinceBoot: start.sinceBoot + ms };
}

function setupRun() {
  const { store } = setup();
  store.createRun(newRun('run-2'), event('created'));
  return { store, run: 'run-2' };
}

/** A process that a test may stop or end, as an owner of leases. */
async function startOwner(): Promise<{ owner: Owner; child: ChildProcess }> {
  const child = spawn('sleep', ['60']);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child, 'spawn');
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return { child, owner: { ...here, pid: child.pid ?? 0, startTicks: Number(stat[19]) } };
}

test('a lease held by this very process is refused, and names the owner and since when', () => {
  const { store, run } = setupRun();
  store.takeLease(run, here, terms);
  expect(store.takeLease(run, here, { ...terms, ...later(5) })).toEqual({ taken: false, owner: here, since: start.now });
  expect(store.holder(run, later(5))).toEqual({ owner: here, since: start.now });
});

test('an owner on another machine is replaced when its lease has expired by the wall clock, and not a moment before', () => {
  const { store, run } = setupRun();
  store.takeLease(run, elsewhere, terms);
  const otherBoot = (now: number): Moment => ({ now, sinceBoot: 5 });
  expect(store.takeLease(run, here, { ...terms, ...otherBoot(start.now + 29_999) }).taken).toBe(false);
  expect(store.holder(run, otherBoot(start.now + 29_999))?.owner.host).toBe('other-laptop');
  expect(store.holder(run, otherBoot(start.now + 30_000))).toBeNull();
  expect(store.takeLease(run, here, { ...terms, ...otherBoot(start.now + 30_000) })).toEqual({
    taken: true,
    lease: { run, token: 2 },
    previous: elsewhere,
  });
});

describe.each([-26 * hour, -3 * hour, 0, 3 * hour, 26 * hour])('with a wall clock that is set by %i ms', (setMs) => {
  test('a live owner keeps its lease until it expires, and a renewal is worth its whole time', () => {
    const { store, run } = setupRun();
    const answer = store.takeLease(run, here, terms);
    expect(store.holder(run, later(29_990, setMs))?.owner).toEqual(here);
    expect(store.takeLease(run, here, { ...terms, ...later(29_990, setMs) }).taken).toBe(false);
    expect(store.holder(run, later(30_000, setMs))).toBeNull();

    expect(answer.taken && store.renewLease(answer.lease, { ttlMs: 30_000, ...later(20_000, setMs) })).toBe(true);
    for (const setAgain of [0, setMs]) {
      expect(store.holder(run, later(49_990, setAgain))?.owner).toEqual(here);
      expect(store.holder(run, later(50_000, setAgain))).toBeNull();
    }
  });

  test('an owner that was stopped loses its lease when it expires, and not before', async () => {
    const { store, run } = setupRun();
    const { owner, child } = await startOwner();
    store.takeLease(run, owner, terms);
    child.kill('SIGSTOP');
    await vi.waitFor(() => expect(readFileSync(`/proc/${owner.pid}/stat`, 'utf8')).toContain(') T '));
    expect(store.takeLease(run, here, { ...terms, ...later(29_990, setMs) }).taken).toBe(false);
    expect(store.takeLease(run, here, { ...terms, ...later(30_000, setMs) })).toMatchObject({ taken: true, previous: owner });
  });

  test('a dead owner is replaced at once', async () => {
    const { store, run } = setupRun();
    const { owner, child } = await startOwner();
    store.takeLease(run, owner, terms);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(store.holder(run, later(1, setMs))).toBeNull();
    expect(store.takeLease(run, here, { ...terms, ...later(1, setMs) })).toMatchObject({ taken: true, previous: owner });
  });
});

test('a lease without a time since boot, as an earlier version left it, expires by the wall clock', () => {
  const { store, stateDir, lease: held } = setup();
  edit(stateDir, 'UPDATE leases SET expires_uptime = NULL, expires_at = 500');
  expect(store.holder(held.run, { now: 499, sinceBoot: 1e12 })).not.toBeNull();
  expect(store.holder(held.run, { now: 500, sinceBoot: 0 })).toBeNull();
});

test('an owner in another container is judged by the wall clock: what it is shown as the time since boot may be its own', () => {
  const { store, run } = setupRun();
  store.takeLease(run, { ...here, pidNamespace: 'pid:[1]' }, terms);
  expect(store.holder(run, { ...later(29_990), sinceBoot: 1e12 })).not.toBeNull();
  expect(store.holder(run, { ...later(30_000), sinceBoot: 0 })).toBeNull();
});

test('the clock that leases are held by counts the seconds since boot, as the kernel tells it', () => {
  const uptime = () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  const before = uptime();
  const told = systemClock.sinceBoot();
  expect(told).toBeGreaterThanOrEqual(before);
  expect(told).toBeLessThanOrEqual(uptime());
});

test.each<[string, Owner]>([
  ['whose process is gone', { ...here, pid: spawnSync('true').pid, startTicks: 1 }],
  ['whose pid now belongs to another process', { ...here, startTicks: Number(here.startTicks) - 1 }],
  ['from before the machine was booted', { ...here, bootId: 'the-boot-before', pidNamespace: 'pid:[1]' }],
])('an owner on this machine %s is replaced at once', (_, dead) => {
  const { store, run } = setupRun();
  store.takeLease(run, dead, terms);
  expect(store.holder(run, start)).toBeNull();
  expect(store.takeLease(run, here, terms)).toMatchObject({ taken: true, previous: dead });
});

test('an owner of this boot is this machine, whatever that is called by now', () => {
  const { store, run } = setupRun();
  store.takeLease(run, { ...here, host: 'the-name-before', startTicks: Number(here.startTicks) - 1 }, terms);
  expect(store.holder(run, start)).toBeNull();
});

test('an owner in another container of this machine is not judged by our processes', () => {
  const { store, run } = setupRun();
  store.takeLease(run, { ...here, pid: 4_000_000, startTicks: 1, pidNamespace: 'pid:[1]' }, terms);
  expect(store.takeLease(run, here, terms).taken).toBe(false);
});

test('a process that has ended and that its parent has not noticed yet is dead', async () => {
  const { store, run } = setupRun();
  // It ends once its parent is no shell any more: a shell might notice.
  const child = 'while [ -d /proc/$$ ] && ! grep -q sleep /proc/$$/comm; do :; done';
  const parent = spawn('sh', ['-c', `{ ${child}; } & echo $!; exec sleep 60`], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    parent.kill('SIGKILL');
  });
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(printed.toString());
  const statOf = () => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  await vi.waitFor(() => {
    expect(statOf()[0]).toBe('Z');
  });
  store.takeLease(run, { ...here, pid, startTicks: Number(statOf()[19]) }, terms);
  expect(store.takeLease(run, here, terms).taken).toBe(true);
});

test('where there is no start time a process that answers to signals counts as alive', () => {
  const { store, run } = setupRun();
  store.takeLease(run, { ...here, startTicks: null }, terms);
  expect(store.takeLease(run, here, terms).taken).toBe(false);
});

test('a take-over replaces a live owner, tells who it was, and grows the token by one', () => {
  const { store, run } = setupRun();
  store.takeLease(run, elsewhere, terms);
  const answer = store.takeLease(run, here, { ...terms, takeOver: true });
  expect(answer).toEqual({ taken: true, lease: { run, token: 2 }, previous: elsewhere });
});

test('a lease that was given back is free, writes nothing more, and its token is never used again', () => {
  const { store, run } = setupRun();
  const first = lease(store, run);
  expect(store.releaseLease(first)).toBe(true);
  expect(store.holder(run, momentOf(systemClock))).toBeNull();
  expect(store.recordEvent(first, event('late'))).toBe(false);
  expect(store.releaseLease(first)).toBe(false);
  expect(store.takeLease(run, here, terms)).toEqual({ taken: true, lease: { run, token: 2 }, previous: null });
});

test('a lease that has expired is renewed as long as nobody has replaced it', () => {
  const { store, run } = setupRun();
  const answer = store.takeLease(run, here, terms);
  if (!answer.taken) throw new Error('expected the lease');
  expect(store.holder(run, later(60_000))).toBeNull();
  expect(store.renewLease(answer.lease, { ttlMs: 30_000, ...later(60_000) })).toBe(true);
  expect(store.holder(run, later(89_990))).toEqual({ owner: here, since: start.now });
  lease(store, run, elsewhere, true);
  expect(store.renewLease(answer.lease, { ttlMs: 30_000, ...later(60_000) })).toBe(false);
});

test('a token never comes back, however a run changes hands', () => {
  const { store, stateDir, run } = { ...setup(), run: 'run-1' };
  const tokens = [1];
  for (let round = 0; round < 5; round++) {
    const taken = lease(store, run, here, true);
    tokens.push(taken.token);
    if (round % 2 === 0) store.releaseLease(taken);
    const reopened = open(stateDir);
    const answer = reopened.takeLease(run, elsewhere, { ...terms, now: 0, takeOver: true });
    if (answer.taken) tokens.push(answer.lease.token);
  }
  expect(tokens).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
});

test('leases of different runs do not know each other', () => {
  const { store, run } = setupRun();
  const other = lease(store, run);
  expect(other).toEqual({ run, token: 1 });
  expect(store.recordEvent({ ...other, run: 'run-3' }, event('nowhere'))).toBe(false);
});

function edit(stateDir: string, sql: string): void {
  const database = new Database(join(stateDir, 'fleet.db'));
  database.exec(sql);
  database.close();
}
