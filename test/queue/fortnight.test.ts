import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { isResult } from '../../src/lifecycle/states.ts';
import { decideQueue } from '../../src/queue/decide.ts';
import { describeWait } from '../../src/queue/describe-wait.ts';
import { lookAtQueue } from '../../src/queue/look.ts';
import type { QueueParts } from '../../src/queue/parts.ts';
import { readScene } from '../../src/queue/read-scene.ts';
import { findZone } from '../../src/language/zone.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readOwner } from '../../src/store/owner.ts';
import type { Lease, RunRecord } from '../../src/store/records.ts';
import type { EntryRecord, NewEntry } from '../../src/store/queue-records.ts';
import { batch } from '../store/shapes.ts';

const minuteMs = 60_000;
const tickMs = 10 * minuteMs;
const zone = findZone('Europe/Berlin');
const host = 'demo-tpu';
/** A step a minute: six hours of work each. */
const steps = 360;
const experiments = 18;

/** The clock is set forward in its second night. */
const begin = Date.parse('2027-03-26T12:00:00Z');
const end = begin + 14 * 24 * 60 * minuteMs;
const at = (text: string) => Date.parse(text);
/** Whatever runs then dies of it, and is tried again. */
const crashes = new Map([
  [at('2027-03-27T00:30Z'), 'exit-status'],
  [at('2027-03-29T23:30Z'), 'exit-status'],
  [at('2027-04-01T00:10Z'), 'gpu-memory'],
]);
const isUnreachable = (now: number) => now >= at('2027-04-02T12:00Z') && now < at('2027-04-03T12:00Z');
/** Nobody is there: killed, once in the middle of the night, once over the time to yield, once over the opening. */
const killed = [
  ['2027-03-28T23:00Z', '2027-03-28T23:40Z'],
  ['2027-03-31T05:30Z', '2027-03-31T06:40Z'],
  ['2027-04-04T19:40Z', '2027-04-04T21:10Z'],
].map(([from = '', to = '']) => [at(from), at(to)] as const);
const isDead = (now: number) => killed.some(([from, to]) => now >= from && now < to);

function makeEntries(): NewEntry[] {
  return Array.from({ length: experiments }, (_, index) => ({
    id: `e${String(index + 1).padStart(2, '0')}`,
    name: `trm seed=${index} on ${host}`,
    playbook: 'trm',
    point: null,
    host,
    hosts: [host],
    params: { seed: String(index) },
    asked: '{}',
    sweep: 'all',
    schedule: null,
    priority: 0,
    after: null,
    mayStart: { from: 22 * 60, to: 7 * 60 },
    yieldBy: 8 * 60,
    zone: zone.name,
    canGoOn: true,
    retries: 2,
    state: 'waiting',
    addedAt: begin,
  }));
}

let runs = 0;
function makePlan(): Plan {
  runs += 1;
  const halt = { sentinel: null, graceSeconds: 600, then: [] };
  const launch = { command: 'train ${FLEET_CHECKPOINT:+--resume}', halt, timeLimitSeconds: null };
  const playbook = { name: 'trm', prepare: [], validate: [], verify: [], launch, monitor: null };
  const targets = [{ index: 0, role: 'main', host, worker: 0, address: null }];
  const plan = {
    version: 1,
    run: `run${runs}`,
    kind: 'launch',
    executor: 'detached',
    profile: null,
    point: null,
    waivers: [],
    answers: {},
  };
  return { ...plan, playbook, hosts: [{ name: host, cost: null }], targets } as unknown as Plan;
}

function setup({ onTestFinished }: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-fortnight-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  let now = begin;
  const clock: Clock = { now: () => now, monotonic: () => now, sinceBoot: () => now, wait: () => Promise.resolve() };
  const open = (): QueueParts => ({
    store: openStore(folder),
    clock,
    owner: readOwner(),
    connect: () => Promise.reject(new Error('nobody is asked')),
    logger: { debug: () => undefined, warn: () => undefined },
    environment: {},
    planEntry: () => Promise.resolve(makePlan()),
    planSchedule: () => Promise.resolve([]),
    tell: () => undefined,
  });
  return { open, clock, pass: () => (now += tickMs) };
}

/** What a host does with the run it has, and a controller that drives it, in one step of the clock. */
function makeHost({ store, clock }: QueueParts, saved: Map<string, number>) {
  const event = (text: string) => ({ at: clock.now(), kind: 'state', text });
  const leaseOf = (run: RunRecord): Lease => {
    const answer = store.takeLease(run.id, readOwner(), { ttlMs: 1, takeOver: true, now: clock.now(), sinceBoot: clock.now() });
    if (!answer.taken) throw new Error('the lease is held');
    return answer.lease;
  };
  const finish = (run: RunRecord, result: 'succeeded' | 'failed' | 'halted' | 'cancelled', reason: string | null) => {
    const outcome = { result, reason, exitCode: null, degraded: false };
    if (isResult(run.state)) throw new Error('it has ended');
    store.transition(leaseOf(run), { from: [run.state], to: result, event: event(result), outcome });
  };
  const step = (run: RunRecord, entry: EntryRecord): void => {
    const now = clock.now();
    if (run.state === 'queued') {
      if (isUnreachable(now)) finish(run, 'cancelled', 'connect-timeout');
      else store.transition(leaseOf(run), { from: ['queued'], to: 'running', event: event('running'), startedAt: now });
      return;
    }
    const crash = crashes.get(now);
    if (crash !== undefined) {
      finish(run, 'failed', crash);
      return;
    }
    const done = Math.min(steps, (saved.get(entry.id) ?? 0) + tickMs / minuteMs);
    saved.set(entry.id, done);
    const progress = { step: done, of: steps, ratePerSecond: 1 / 60, etaSeconds: (steps - done) * 60 };
    store.recordBatch(leaseOf(run), batch({ observedAt: now, progress }));
    if (done === steps) finish(run, 'succeeded', null);
    else if (entry.yieldsAt !== null && now >= entry.yieldsAt) finish(run, 'failed', 'time-limit');
  };
  return { step, halt: (run: RunRecord) => finish(run, 'halted', null) };
}

/** What the clock on the wall reads, in hours. */
const wallHours = (now: number) => Number(zone.format(now).slice(11, 13)) + Number(zone.format(now).slice(14, 16)) / 60;

/** Every reason that is told is so, and an entry of which nothing is told was started. */
function judgeExplanations({ store, clock }: QueueParts): string[] {
  const now = clock.now();
  const active = store.activeRuns();
  const isNight = wallHours(now) >= 22 || wallHours(now) < 7;
  return decideQueue(readScene(store, now)).flatMap((decision) => {
    if (decision.kind !== 'wait') return [`${zone.format(now)}: ${decision.entry.id} is ${decision.kind}`];
    const { entry, waits } = decision;
    const words = waits.map((wait) => describeWait(entry, wait, now));
    const told = (text: string) => words.some((line) => line.includes(text));
    const wrong = [
      told('its window opens at') === !isNight ? null : 'window',
      told('is busy with run') === active.length > 0 ? null : 'busy',
      told('is tried again at') === (entry.notBefore !== null && now < entry.notBefore) ? null : 'tried again',
      !told('its window opens at') || words.some((line) => / \d\d:00 Europe\/Berlin/.test(line) && line.includes(' 22:00 '))
        ? null
        : 'opening',
    ];
    return wrong.flatMap((what) => (what === null ? [] : [`${zone.format(now)}: ${entry.id}, ${what}: ${words.join('; ')}`]));
  });
}

test(
  'eighteen experiments in a fortnight of nights each end once, none beside another, none outside its window, and why they wait is always true',
  { timeout: 180_000 },
  async (context) => {
    const { open, clock, pass } = setup(context);
    let parts: QueueParts | null = open();
    parts.store.addEntries(makeEntries());
    const saved = new Map<string, number>();
    const wrong: string[] = [];
    const world = open();
    const machine = makeHost(world, saved);
    const stateOf = (id: string) => world.store.readRun(id);

    for (; clock.now() < end; pass()) {
      if (isDead(clock.now()) && parts !== null) {
        parts.store.close();
        parts = null;
      }
      if (!isDead(clock.now())) {
        parts ??= open();
        const { yielding } = await lookAtQueue(parts);
        for (const { run } of yielding) {
          const record = stateOf(run);
          if (record !== null) machine.halt(record);
        }
        wrong.push(...judgeExplanations(parts));
      }
      const active = world.store.activeRuns();
      if (active.length > 1) wrong.push(`${zone.format(clock.now())}: ${active.length} runs at once`);
      const hours = wallHours(clock.now());
      if (active.length > 0 && hours > 8 && hours < 22) wrong.push(`${zone.format(clock.now())}: a run outside the night`);
      for (const entry of world.store.listEntries(Number.POSITIVE_INFINITY)) {
        const run = entry.state === 'running' ? stateOf(entry.runs.at(-1) ?? '') : null;
        if (run !== null && !isResult(run.state)) machine.step(run, entry);
      }
    }
    const entries = world.store.listEntries(null);
    const ends = entries.map(({ id, state, reason, runs: made }) => ({
      id,
      state,
      reason,
      successes: made.filter((run) => stateOf(run)?.outcome?.result === 'succeeded').length,
    }));
    const results = world.store.listRuns(null).map(({ outcome }) => outcome?.reason ?? outcome?.result);
    parts?.store.close();
    world.store.close();

    expect(wrong.slice(0, 10)).toEqual([]);
    expect(ends).toEqual(makeEntries().map(({ id }) => ({ id, state: 'done', reason: null, successes: 1 })));
    expect(new Set(results)).toEqual(
      new Set(['succeeded', 'halted', 'exit-status', 'gpu-memory', 'connect-timeout', 'time-limit']),
    );
  },
);
