import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { systemClock, type Clock } from '../../src/clock.ts';
import { openHostSession, type HostSession } from '../../src/engine/host-session.ts';
import { Detached } from '../../src/engine/lease-lost.ts';
import { openLogger } from '../../src/logger.ts';
import { putEnvironment } from '../../src/remote/claims.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import type { StartAnswer, UnitPlace, UnitWork } from '../../src/remote/executor.ts';
import { createScrubber } from '../../src/scrubber.ts';
import { createSshTransport } from '../../src/ssh/ssh-transport.ts';
import type { Transport } from '../../src/ssh/transport.ts';
import { startFarServer, type FarServer } from '../support/far-server.ts';
import { findProcessesOf, waitFor } from '../support/local-host.ts';
import { readIfThere } from '../support/person.ts';
import { endProcessesOf } from '../support/processes.ts';
import type { Direction } from '../support/tcp-proxy.ts';

const place: UnitPlace = { attempt: 1, worker: 0, unit: 'job' };
const lanes = 6;
/** Numbers of different lengths are in the answer, and it comes in one packet more or less. */
const mayDiffer = 120;
/** What is waited for between two tries takes a fiftieth of the time. */
const quick = 50;
const quickClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * quick,
  sinceBoot: () => systemClock.sinceBoot(),
  wait: (ms, signal) => systemClock.wait(ms / quick, signal),
};

const logger = await openLogger({});

/** A host at the end of a line, where each job leaves a line of text in a file of its own. */
interface Host extends FarServer {
  remoteDir: string;
  started: string;
}

async function openHost(test: TestContext, folder: string, name: string): Promise<Host> {
  const started = join(folder, name, 'started');
  mkdirSync(started, { recursive: true });
  return { ...(await startFarServer(test)), started, remoteDir: join(folder, name, 'remote') };
}

function makeFolder(test: TestContext): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fleet-adopt-')));
  test.onTestFinished(async () => {
    await endProcessesOf(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return folder;
}

/** What drives runs on the host, as one process does. */
interface Controller {
  transport: Transport;
  /** Everything of the run is asked through this, and the first silence is heard. */
  drive(run: string): { session: HostSession; missed: Promise<'missed'>; leave: () => void };
}

function openController({ address, remoteDir }: Host): Controller {
  const transport = createSshTransport({ environment: {} });
  const { host: name, ...ssh } = address;
  const planned = { name, reach: { kind: 'ssh' as const, ssh }, accelerators: null, cost: null, remoteDir, setup: '' };
  return {
    transport,
    drive: (run) => {
      const leaving = new AbortController();
      let miss: (word: 'missed') => void;
      const missed = new Promise<'missed'>((resolve) => (miss = resolve));
      const session = openHostSession({ connect: () => transport.connect(address), clock: quickClock, logger }, planned, null, {
        run,
        scrubber: createScrubber([], []),
        contact: { reached: () => undefined, missed: () => miss('missed') },
        signal: leaving.signal,
        patienceMs: Number.POSITIVE_INFINITY,
        machine: () => null,
      });
      return { session, missed, leave: () => leaving.abort(new Detached()) };
    },
  };
}

/** Where the connection breaks, counted from the sending of the question. */
interface Cut {
  direction: Direction;
  bytes: number;
}

/** Starts a job over a connection that breaks so; then the same controller goes on, or another one takes over. Returns who was the last. */
async function startOver(host: Host, first: Controller, cut: Cut, who: 'same' | 'new'): Promise<Controller> {
  const run = nameRun(cut);
  const start = (token: number) => detachedExecutor.start({ run, token }, place, workOf(run, host));
  const { session, missed, leave } = first.drive(run);
  await session.call(putEnvironment({ run, token: 1 }, 1, 0, ''));
  host.line.cutAfter(cut.direction, cut.bytes);
  const answered = session.call(start(1));
  const end = await Promise.race([who === 'same' ? answered : missed, answered]);
  host.line.cutAfter(cut.direction, Infinity);
  if (end !== 'missed') {
    expectStarted(end);
    return first;
  }
  leave();
  await expect(answered).rejects.toThrow('detached');
  await first.transport.close();
  const second = openController(host);
  const { session: next } = second.drive(run);
  await next.call(putEnvironment({ run, token: 2 }, 1, 0, ''));
  const found = await next.call(detachedExecutor.state(run, place));
  expectStarted(found.word === 'absent' ? await next.call(start(2)) : { kind: 'state', state: found });
  return second;
}

function workOf(run: string, { started }: Host): UnitWork {
  return {
    script: `echo started >>${run}`,
    workdir: started,
    log: null,
    timeLimitSeconds: null,
    needsEnvironment: true,
    needsClaim: false,
    sentinel: null,
    prove: null,
    stall: null,
    disk: null,
    sampling: null,
    graceSeconds: 0,
    then: [],
  };
}

function expectStarted(answer: StartAnswer): void {
  if (answer.kind !== 'state') throw new Error(`not started: ${answer.kind}`);
  expect(['starting', 'running', 'ending', 'exited']).toContain(answer.state.word);
}

/** All of one length, so that all questions are. */
function nameRun({ direction, bytes }: Cut): string {
  return `${direction.padEnd(4, '-')}${String(bytes).padStart(4, '0')}`;
}

/** How many bytes go each way for a start that nothing disturbs. */
async function measure(host: Host): Promise<Record<Direction, number>> {
  const controller = openController(host);
  const run = nameRun({ direction: 'up', bytes: 0 });
  const { session } = controller.drive(run);
  await session.call(putEnvironment({ run, token: 1 }, 1, 0, ''));
  const before = { ...host.line.passed };
  expectStarted(await session.call(detachedExecutor.start({ run, token: 1 }, place, workOf(run, host))));
  await controller.transport.close();
  return { up: host.line.passed.up - before.up, down: host.line.passed.down - before.down };
}

describe('a start whose connection breaks at any byte of the question or of the answer', () => {
  it('starts one job, whoever goes on', { timeout: 600_000 }, async (test) => {
    const folder = makeFolder(test);
    const bytes = await measure(await openHost(test, folder, 'm'));
    const cuts = (['up', 'down'] as const).flatMap((direction) =>
      Array.from({ length: bytes[direction] + mayDiffer }, (_, count): Cut => ({ direction, bytes: count })),
    );
    const files: string[] = [];
    const unbroken: Cut[] = [];
    const work = async (_: unknown, lane: number) => {
      const host = await openHost(test, folder, String(lane));
      let controller = openController(host);
      for (let cut = cuts.shift(); cut !== undefined; cut = cuts.shift()) {
        files.push(join(host.started, nameRun(cut)));
        const before = host.line.cuts;
        // Bytes of one packet are alike: of two neighbours, one each.
        controller = await startOver(host, controller, cut, cut.bytes % 2 === 0 ? 'same' : 'new');
        if (host.line.cuts === before) unbroken.push(cut);
      }
      await controller.transport.close();
    };
    await Promise.all(Array.from({ length: lanes }, work));
    await waitFor('all processes have left', () => findProcessesOf(folder).length === 0);
    expect(unbroken.filter((cut) => cut.bytes < bytes[cut.direction] - mayDiffer)).toEqual([]);
    expect(files.filter((file) => readIfThere(file) !== 'started\n')).toEqual([]);
  });
});
