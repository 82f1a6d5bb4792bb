import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readOwner } from '../../src/store/owner.ts';
import type { Owner } from '../../src/store/store.ts';
import { lease, setup } from './setup.ts';
import { event, newRun } from './shapes.ts';

const here = readOwner();
const elsewhere: Owner = { ...here, host: 'other-laptop', bootId: 'another-boot', pid: 4242 };
const now = 1_000_000;
const terms = { ttlMs: 30_000, now, takeOver: false };

function setupRun() {
  const { store } = setup();
  store.createRun(newRun('run-2'), event('created'));
  return { store, run: 'run-2' };
}

test('a lease held by this very process is refused, and names the owner, since when and until when', () => {
  const { store, run } = setupRun();
  store.takeLease(run, here, terms);
  const answer = store.takeLease(run, here, { ...terms, now: now + 5 });
  expect(answer).toEqual({ taken: false, owner: here, since: now, expiresAt: now + 30_000 });
  expect(store.holder(run, now + 5)).toEqual({ owner: here, since: now, expiresAt: now + 30_000 });
});

test('an owner on another machine is replaced when its lease has expired, and not a moment before', () => {
  const { store, run } = setupRun();
  store.takeLease(run, elsewhere, terms);
  expect(store.takeLease(run, here, { ...terms, now: now + 29_999 }).taken).toBe(false);
  expect(store.holder(run, now + 29_999)?.owner.host).toBe('other-laptop');
  expect(store.holder(run, now + 30_000)).toBeNull();
  expect(store.takeLease(run, here, { ...terms, now: now + 30_000 })).toEqual({
    taken: true,
    lease: { run, token: 2 },
    previous: elsewhere,
  });
});

test('a live process that let its lease expire, as a suspended one does, is replaced', () => {
  const { store, run } = setupRun();
  store.takeLease(run, here, terms);
  expect(store.takeLease(run, here, { ...terms, now: now + 30_000 })).toMatchObject({
    taken: true,
    previous: { pid: process.pid },
  });
});

test.each<[string, Owner]>([
  ['whose process is gone', { ...here, pid: spawnSync('true').pid, startTicks: 1 }],
  ['whose pid now belongs to another process', { ...here, startTicks: Number(here.startTicks) - 1 }],
  ['from before the machine was booted', { ...here, bootId: 'the-boot-before', pidNamespace: 'pid:[1]' }],
])('an owner on this machine %s is replaced at once', (_, dead) => {
  const { store, run } = setupRun();
  store.takeLease(run, dead, terms);
  expect(store.holder(run, now)).toBeNull();
  expect(store.takeLease(run, here, terms)).toMatchObject({ taken: true, previous: dead });
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
  expect(store.holder(run, Date.now())).toBeNull();
  expect(store.recordEvent(first, event('late'))).toBe(false);
  expect(store.releaseLease(first)).toBe(false);
  expect(store.takeLease(run, here, terms)).toEqual({ taken: true, lease: { run, token: 2 }, previous: null });
});

test('renewing moves the expiry, also of a lease that has expired and that nobody has replaced', () => {
  const { store, run } = setupRun();
  const answer = store.takeLease(run, elsewhere, terms);
  if (!answer.taken) throw new Error('expected the lease');
  expect(store.renewLease(answer.lease, now + 90_000)).toBe(true);
  expect(store.holder(run, now + 60_000)?.expiresAt).toBe(now + 90_000);
});

test('leases of different runs do not know each other', () => {
  const { store, run } = setupRun();
  const other = lease(store, run);
  expect(other).toEqual({ run, token: 1 });
  expect(store.recordEvent({ ...other, run: 'run-3' }, event('nowhere'))).toBe(false);
});
