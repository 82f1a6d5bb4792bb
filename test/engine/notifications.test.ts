import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { pumpNotifications } from '../../src/engine/notifications/pump.ts';
import { openLogger } from '../../src/logger.ts';
import type { Message } from '../../src/notify/message.ts';
import { readNotifySettings } from '../../src/notify/read-settings.ts';
import type { Lease } from '../../src/store/records.ts';
import { readOwner } from '../../src/store/owner.ts';
import type { Store } from '../../src/store/store.ts';
import { bundleChild, startChild, type Child } from '../store/child-process.ts';
import { waitFor } from '../support/local-host.ts';
import { makeNewEntry } from '../support/queue-entry.ts';
import { openReceiver, type Received, type Receiver } from '../support/receiver.ts';
import { finish, seedStore, start } from '../support/seeded-store.ts';

const hour = 3_600_000;

/** A store with a run that is going on, and nobody who tells of it yet. */
async function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-notifications-'));
  const stateDir = join(folder, 'state');
  const { store, addRun } = seedStore(stateDir);
  const pumps: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    for (const stop of pumps) await stop();
    store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const lease = addRun({ id: 'run-1', perHour: 2.6, currency: 'USD' });
  start(store, lease);
  store.outbox.begin(Date.now());
  const file = join(folder, 'notify.yaml');
  const ahead = { ms: 0 };
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + ahead.ms,
    sinceBoot: () => systemClock.sinceBoot() + ahead.ms,
    // Between two looks; what is waited for at the end is another time.
    wait: (ms: number, signal?: AbortSignal) => systemClock.wait(ms / (ms > 1_000 ? 5 : 50), signal),
  };
  const logger = await openLogger({});

  /** Tells people from now on, in this process. */
  function pump(environment: NodeJS.ProcessEnv = {}): { stop: () => Promise<void> } {
    const { settings } = readNotifySettings(file, environment);
    if (settings === null) throw new Error('expected settings without a problem');
    const stopping = new AbortController();
    const pumping = pumpNotifications({ store, clock, logger, owner: readOwner(), environment }, settings, stopping.signal);
    const stop = () => {
      stopping.abort();
      return pumping;
    };
    pumps.push(stop);
    return { stop };
  }

  return {
    ...{ folder, stateDir, store, lease, file, ahead, pump },
    describe: (text: string) => writeFileSync(file, text),
    list: () => store.outbox.list(0).map(({ channel, kind, state, tries, reason }) => ({ channel, kind, state, tries, reason })),
  };
}

const hook = (...receivers: Receiver[]) =>
  `channels: { ${receivers.map(({ url }, index) => `hook${index}: { webhook: { url: '${url}' } }`).join(', ')} }`;

function happen(store: Store, lease: Lease, kind: string, text = kind, detail: object = {}): void {
  store.recordEvent(lease, { at: Date.now(), kind, text, detail });
}

const kindsOf = ({ received }: Receiver) => received.map(({ body }) => (JSON.parse(body) as Message).kind);
const idOf = ({ body }: Received) => (JSON.parse(body) as { id: string }).id;

test('what happens to a run reaches a person, in its order and once, also when the pump is stopped at once', async (context) => {
  const { store, lease, pump, describe } = await setup();
  const receiver = await openReceiver(context);
  describe(hook(receiver));
  const { stop } = pump();
  happen(store, lease, 'notify');
  happen(store, lease, 'health', 'health red', { health: 'red' });
  finish(store, lease, 'failed', 'exit-status');
  await stop();
  await pump().stop();
  expect(kindsOf(receiver)).toEqual(['notify', 'red', 'finished']);
});

test('a channel is told what it asked for, and what had happened before anybody was told is not told', async (context) => {
  const { store, lease, pump, describe } = await setup();
  const [some, all] = [await openReceiver(context), await openReceiver(context)];
  describe(`channels:
  some: { webhook: { url: '${some.url}' }, on: [finished, yellow] }
  all: { webhook: { url: '${all.url}' } }`);
  const { stop } = pump();
  happen(store, lease, 'health', 'health yellow', { health: 'yellow' });
  finish(store, lease, 'succeeded', null);
  await stop();
  expect([kindsOf(some), kindsOf(all)]).toEqual([['yellow', 'finished'], ['finished']]);
});

test('a host out of reach is told after a while, and then that it answers again', async (context) => {
  const { store, lease, pump, describe, ahead } = await setup();
  const receiver = await openReceiver(context);
  describe(`unreachable-after: 10m\n${hook(receiver)}`);
  pump();
  happen(store, lease, 'unreachable');
  await waitFor('it is in the outbox', () => store.outbox.list(0).length === 1);
  expect(receiver.received).toEqual([]);
  ahead.ms = 601_000;
  await waitFor('somebody is told', () => receiver.received.length === 1);
  happen(store, lease, 'reachable');
  await waitFor('somebody is told again', () => receiver.received.length === 2);
  expect(kindsOf(receiver)).toEqual(['unreachable', 'reachable']);
});

test('a host that answers again in time, or whose run is over, is not told of', async (context) => {
  const { store, lease, pump, describe, ahead, list } = await setup();
  const receiver = await openReceiver(context);
  describe(hook(receiver));
  pump();
  happen(store, lease, 'unreachable');
  happen(store, lease, 'reachable');
  happen(store, lease, 'unreachable');
  finish(store, lease, 'cancelled', null);
  await waitFor('its end is told', () => receiver.received.length === 1);
  ahead.ms = hour;
  await pump().stop();
  expect(kindsOf(receiver)).toEqual(['finished']);
  expect(list().map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'unreachable withdrawn',
    'unreachable withdrawn',
    'finished sent',
  ]);
});

test('what could not be sent is tried again, later each time, and other channels do not wait for it', async (context) => {
  const { store, lease, pump, describe, ahead, list } = await setup();
  let answers = 0;
  const poor = await openReceiver(context, (response) => response.writeHead(++answers > 2 ? 200 : 500).end());
  const good = await openReceiver(context);
  describe(hook(poor, good));
  pump();
  happen(store, lease, 'notify');
  await waitFor('the good one has it', () => good.received.length === 1);
  await waitFor('the poor one has failed', () => list().some(({ reason }) => reason !== null));
  ahead.ms = 6_000;
  await waitFor('it is tried again', () => list().some(({ tries, reason }) => tries === 2 && reason !== null));
  ahead.ms = 12_000;
  await pump().stop();
  expect(poor.received).toHaveLength(2);
  ahead.ms = 40_000;
  await waitFor('it is sent', () => list().every(({ state }) => state === 'sent'));
  expect(new Set(poor.received.map(idOf)).size).toBe(1);
  expect(good.received).toHaveLength(1);
});

test('whoever asks for a rest gets it', async (context) => {
  const { store, lease, pump, describe, ahead, list } = await setup();
  const receiver = await openReceiver(context, (response) => response.writeHead(429, { 'retry-after': '600' }).end());
  describe(hook(receiver));
  pump();
  happen(store, lease, 'notify');
  await waitFor('it has failed', () => list().some(({ reason }) => reason !== null));
  happen(store, lease, 'notify');
  ahead.ms = 590_000;
  await pump().stop();
  expect(receiver.received).toHaveLength(1);
});

test('what is refused for good is not tried again, and what nobody takes for a day is given up', async (context) => {
  const { store, lease, pump, describe, ahead, list } = await setup();
  const gone = await openReceiver(context, (response) => response.writeHead(404).end());
  const ill = await openReceiver(context, (response) => response.writeHead(500).end());
  describe(hook(gone, ill));
  pump();
  happen(store, lease, 'notify');
  await waitFor('both were tried', () => list().filter(({ reason }) => reason !== null).length === 2);
  ahead.ms = 25 * hour;
  await pump().stop();
  expect(gone.received).toHaveLength(1);
  expect(list()).toMatchObject([
    { state: 'failed', reason: 'HTTP 404' },
    { state: 'failed', reason: 'given up: HTTP 500' },
  ]);
});

test('a receiver that never answers keeps nobody from leaving', async (context) => {
  const { store, lease, pump, describe, list } = await setup();
  const receiver = await openReceiver(context, () => undefined);
  describe(hook(receiver));
  const { stop } = pump();
  happen(store, lease, 'notify');
  await waitFor('it was asked', () => receiver.received.length === 1);
  await stop();
  expect(list()).toMatchObject([{ state: 'pending', tries: 1 }]);
});

test('a store that cannot be written to stops nobody, and is no reason to forget', async (context) => {
  const { store, lease, pump, describe } = await setup();
  const receiver = await openReceiver(context);
  describe(hook(receiver));
  const { outbox } = store;
  const real = { ...outbox };
  outbox.moveCursor = () => {
    throw new Error('the disk is full');
  };
  pump();
  happen(store, lease, 'notify');
  await pump().stop();
  expect(store.outbox.list(0)).toEqual([]);
  Object.assign(outbox, real);
  await waitFor('it is told', () => receiver.received.length === 1);
});

const entryOf = (seed: number) => makeNewEntry({ id: `e${seed}`, name: `trm seed=${seed} on tpu1` });

test('entries of the queue that are held because something is wrong are told together, once, whoever tells', async (context) => {
  const { store, pump, describe, ahead, list } = await setup();
  const receiver = await openReceiver(context);
  describe(hook(receiver));
  store.addEntries([entryOf(1), entryOf(2), entryOf(3)]);
  const hold = (id: string, reason: string | null) =>
    store.changeEntry(id, { from: ['waiting'], to: 'held', reason, at: Date.now() + ahead.ms });
  const pumps = [pump(), pump()];
  hold('e1', 'it cannot be planned');
  hold('e2', 'it cannot be planned');
  hold('e3', null);
  ahead.ms = 61_000;
  await waitFor('it is told', () => receiver.received.length === 1);
  store.changeEntry('e1', { from: ['held'], to: 'waiting', reason: null, at: Date.now() });
  hold('e1', 'it cannot be planned');
  for (const { stop } of pumps) await stop();
  expect(receiver.received.map(({ body }) => (JSON.parse(body) as Message).title)).toEqual([
    'queue: 2 entries held',
    'queue: trm seed=1 on tpu1 held',
  ]);
  expect(list()).toHaveLength(2);
});

test('an entry whose message could not be stored is told later', async (context) => {
  const { store, pump, describe } = await setup();
  const receiver = await openReceiver(context);
  describe(hook(receiver));
  store.addEntries([entryOf(1)]);
  const { outbox } = store;
  const real = { ...outbox };
  outbox.moveEntryCursor = () => {
    throw new Error('the disk is full');
  };
  store.changeEntry('e1', { from: ['waiting', 'held'], to: 'failed', reason: 'it was to follow another', at: Date.now() });
  await pump().stop();
  expect(store.outbox.list(0)).toEqual([]);
  Object.assign(outbox, real);
  await pump().stop();
  await pump().stop();
  expect(kindsOf(receiver)).toEqual(['finished']);
});

test('a morning is told of once, and only while it is one', async (context) => {
  const { pump, describe, ahead } = await setup();
  const receiver = await openReceiver(context);
  const soon = new Date(Date.now() + 2 * 60_000).toISOString().slice(11, 16);
  describe(`time-zone: UTC\nsummary: { at: '${soon}' }\n${hook(receiver)}`);
  await pump().stop();
  expect(receiver.received).toEqual([]);
  ahead.ms = 180_000;
  await pump().stop();
  await pump().stop();
  expect(kindsOf(receiver)).toEqual(['summary']);
  ahead.ms = 23 * hour;
  await pump().stop();
  expect(kindsOf(receiver)).toEqual(['summary']);
});

test('secrets of channels are in no file of the store', async (context) => {
  const { store, lease, pump, describe, list, stateDir } = await setup();
  const receiver = await openReceiver(context, (response, { path }) => response.writeHead(500).end(`no such hook: ${path}`));
  describe('channels: { hook: { webhook: { url: { env: HOOK }, key: { env: KEY } } } }');
  const secrets = { HOOK: `${receiver.url}/services/T0SECRET`, KEY: 'K3Y-OF-MINE' };
  pump(secrets);
  happen(store, lease, 'notify', `the job has printed K3Y-OF-MINE`);
  await waitFor('it has failed', () => list().some(({ reason }) => reason !== null));
  const [message] = store.outbox.list(0);
  expect(JSON.stringify(message)).not.toContain('K3Y-OF-MINE');
  expect(JSON.stringify(message)).not.toContain(secrets.HOOK);
  expect(receiver.received[0]?.body).not.toContain('K3Y-OF-MINE');
  expect(readFileSync(join(stateDir, 'fleet.db'), 'latin1')).not.toContain(secrets.HOOK);
});

test('of ten processes that send at once, each message is sent by one', { timeout: 120_000 }, async (context) => {
  const { stateDir, store, lease, file, describe } = await setup();
  const receivers = await Promise.all([1, 2, 3].map(() => openReceiver(context)));
  describe(hook(...receivers));
  const script = bundleChild('pump');
  const children = Array.from({ length: 10 }, () => startChild(script, [stateDir, file]));
  await Promise.all(children.map((child) => child.read()));
  for (const child of children) child.go();
  for (let count = 0; count < 20; count++) happen(store, lease, 'notify', `notify ${count}`);
  await waitFor('all are sent', () => store.outbox.list(0).filter(({ state }) => state === 'sent').length === 60, 60_000);
  for (const child of children) child.go();
  await Promise.all(children.map((child) => child.ended));
  for (const { received } of receivers) {
    expect(received).toHaveLength(20);
    expect(new Set(received.map(idOf)).size).toBe(20);
  }
});

test('kill -9 loses nothing; what was on its way then comes twice, under one id', { timeout: 120_000 }, async (context) => {
  const { stateDir, store, lease, file, describe, ahead, pump } = await setup();
  const script = bundleChild('pump');
  let child: Child | null = null;
  let kills = 0;
  const receiver = await openReceiver(context, (response) => {
    // Every other message: the sender dies when it has sent, and before it could know that it was taken.
    if (child !== null && receiver.received.length % 2 === 0) {
      child.kill();
      kills += 1;
      child = null;
    }
    response.end();
  });
  describe(hook(receiver));
  for (let round = 0; round < 3; round++) {
    for (let count = 0; count < 3; count++) happen(store, lease, 'notify', `notify ${round} ${count}`);
    const started = startChild(script, [stateDir, file]);
    child = started;
    await started.read();
    started.go();
    expect(await started.ended).toBe('SIGKILL');
    // Its claim has run out by then.
    ahead.ms += 61_000;
    await pump().stop();
    expect(store.outbox.list(0).map(({ state }) => state)).toEqual(Array.from({ length: 3 * (round + 1) }, () => 'sent'));
  }
  expect(kills).toBe(3);
  expect(new Set(receiver.received.map(idOf)).size).toBe(9);
  expect(receiver.received).toHaveLength(9 + kills);
});
