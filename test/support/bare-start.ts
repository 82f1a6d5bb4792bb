import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../src/clock.ts';
import { openHostSession, type HostSession } from '../../src/engine/host-session.ts';
import { Detached } from '../../src/engine/lease-lost.ts';
import { openLogger } from '../../src/logger.ts';
import { putEnvironment } from '../../src/remote/claims.ts';
import type { RemoteCommand } from '../../src/remote/command.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import type { StartAnswer, UnitState } from '../../src/remote/executor.ts';
import { createScrubber } from '../../src/scrubber.ts';
import { createSshTransport } from '../../src/ssh/ssh-transport.ts';
import type { SshServer } from './ssh-server.ts';
import { startFarServer } from './far-server.ts';
import { findProcessesOf, waitFor } from './local-host.ts';
import { readIfThere } from './person.ts';
import { endProcessesOf } from './processes.ts';
import type { TcpProxy } from './tcp-proxy.ts';

interface TestEnd {
  onTestFinished(close: () => Promise<void>): void;
}

/** A host at the end of a line, and jobs on it that do nothing but leave a line of text each. */
export interface BareHost {
  server: SshServer;
  line: TcpProxy;
  openController(): BareController;
  /** How often the job of each run was started, once all of them are over. */
  countStarts(runs: readonly string[]): Promise<Record<string, number>>;
}

/** Starts and finds jobs as a controller does, in this process, with nothing of the engine around it. */
export interface BareController {
  drive(run: string, token: number): BareDrive;
  close(): Promise<void>;
}

interface BareDrive {
  /** What comes before a start. */
  putEnvironment(): Promise<null>;
  start(): Promise<StartAnswer>;
  state(): Promise<UnitState>;
  /** The first silence of the host. */
  missed: Promise<'missed'>;
  /** Gives up whatever waits. */
  leave(): void;
}

const place = { attempt: 1, worker: 0, unit: 'job' };
const logger = await openLogger({});

/** What is waited for between two tries takes a fiftieth of the time. */
const quick = 50;
const quickClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * quick,
  sinceBoot: () => systemClock.sinceBoot(),
  wait: (ms, signal) => systemClock.wait(ms / quick, signal),
};

/** Ended after the test, with everything on it. */
export async function openBareHost(test: TestEnd): Promise<BareHost> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fleet-bare-')));
  const started = join(folder, 'started');
  mkdirSync(started);
  test.onTestFinished(async () => {
    await endProcessesOf(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const { server, line, address } = await startFarServer(test);
  const { host: name, ...ssh } = address;
  const remoteDir = join(folder, 'remote');
  const planned = { name, reach: { kind: 'ssh' as const, ssh }, accelerators: null, cost: null, remoteDir, setup: '' };

  const openController = (): BareController => {
    const transport = createSshTransport({ environment: {} });
    const openSession = (run: string, missed: () => void, signal: AbortSignal) =>
      openHostSession(
        { connect: () => transport.connect(address), clock: quickClock, logger },
        planned,
        { worker: 0, address: null },
        {
          run,
          scrubber: createScrubber([], []),
          contact: { reached: () => undefined, missed },
          signal,
          patienceMs: Number.POSITIVE_INFINITY,
          machine: () => null,
        },
      );
    return {
      drive: (run, token) => drive({ run, token }, openSession, started),
      close: () => transport.close(),
    };
  };
  return {
    server,
    line,
    openController,
    countStarts: async (runs) => {
      await waitFor('all processes have left', () => findProcessesOf(folder).length === 0);
      const count = (run: string) => readIfThere(join(started, run)).split('\n').length - 1;
      return Object.fromEntries(runs.map((run) => [run, count(run)]));
    },
  };
}

type OpenSession = (run: string, missed: () => void, signal: AbortSignal) => HostSession;

function drive(actor: { run: string; token: number }, openSession: OpenSession, started: string): BareDrive {
  const leaving = new AbortController();
  let miss: () => void = () => undefined;
  const missed = new Promise<'missed'>((resolve) => (miss = () => resolve('missed')));
  const session = openSession(actor.run, miss, leaving.signal);
  return {
    putEnvironment: () => session.call(putEnvironment(actor, 1, 0, '')),
    start: () => session.call(startOf(actor, started)),
    state: () => session.call(detachedExecutor.state(actor.run, place)),
    missed,
    leave: () => leaving.abort(new Detached()),
  };
}

function startOf(actor: { run: string; token: number }, started: string): RemoteCommand<StartAnswer> {
  return detachedExecutor.start(actor, place, {
    script: `echo started >>${actor.run}`,
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
  });
}
