import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { momentOf, systemClock } from '../../src/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readRunDocument, type RunDocument } from '../../src/store/run-document.ts';
import type { EventRecord } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { openBuiltFleet, type BuiltFleet } from './built-fleet.ts';
import { findProcessesOf, waitFor } from './local-host.ts';
import { endProcessesOf } from './processes.ts';

const longestMs = 120_000;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command line that runs. */
export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  said(): { stdout: string; stderr: string };
  kill(signal: NodeJS.Signals): void;
}

/** Somebody at a machine: a home, a state folder, and the built program. */
export interface Person {
  readonly folder: string;
  readonly home: string;
  readonly stateDir: string;
  /** The home folder of an embedded host. */
  hostHome(host?: string): string;
  /** Starts a command line as a process of its own. */
  start(args: readonly string[], env?: Record<string, string>): Started;
  run(args: readonly string[], env?: Record<string, string>): Promise<Ended>;
  /** The one JSON document that a command line prints. */
  ask(args: readonly string[], env?: Record<string, string>): Promise<Record<string, unknown>>;
  /** All runs, newest first, as their store has them now: read here, since a command line takes long. */
  runs(): RunDocument[];
  /** The newest one. */
  newest(): RunDocument;
  /** What has happened to a run, a line each. */
  events(run: string): string[];
  readEvents(run: string): EventRecord[];
  /** Step and loss of every row of its metric `training` that was stored, of all workers or of one. */
  readRows(run: string, worker?: number): unknown[][];
  /** Waits until the newest run is so. */
  waitForRun(what: string, holds: (run: RunDocument) => boolean, limitMs?: number): Promise<RunDocument>;
  /** Somebody else, with another state folder, and the same embedded hosts. */
  colleague(): Person;
  writeFile(name: string, text: string): string;
  /** A copy of the shipped prod-50k with some of its text replaced. */
  changePlaybook(changes: Record<string, string>): string;
  /** Every process that belongs to this folder, by its command line, environment or working folder. */
  processes(): number[];
}

interface TestEnd {
  onTestFinished(close: () => Promise<void>): void;
}

/** The built program, and a person with folders of their own for each test. Nothing of them is left after it. */
export function usePeople(): { person: (test: TestEnd, env?: Record<string, string>) => Person; program: () => BuiltFleet } {
  let fleet: BuiltFleet;
  beforeAll(async () => {
    fleet = await openBuiltFleet();
  });
  afterAll(() => fleet.remove());
  return {
    program: () => fleet,
    person: (test, env = {}) => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fleet-person-')));
      test.onTestFinished(async () => {
        await endProcessesOf(folder);
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
      });
      return makePerson(fleet, { folder, name: 'first', env });
    },
  };
}

function makePerson(fleet: BuiltFleet, options: { folder: string; name: string; env: Record<string, string> }): Person {
  const { folder, name, env } = options;
  const home = join(folder, name);
  const dataDir = join(folder, 'data');
  const stateDir = join(home, 'state');
  mkdirSync(home, { recursive: true });
  const own = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_DATA_HOME: dataDir,
    FLEET_STATE_DIR: stateDir,
    PRETEND_SECONDS: '3',
    PRETEND_MAX_SECONDS: '120',
    PRETEND_LINGER_SECONDS: '60',
    FLEET_DAEMON: 'never',
    ...env,
  };

  const start: Person['start'] = (args, more = {}) => {
    const child = spawn(process.execPath, [fleet.bin, ...args], {
      cwd: fleet.root,
      env: { ...own, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestMs,
      killSignal: 'SIGKILL',
    });
    return follow(child);
  };
  const run: Person['run'] = (args, more) => start(args, more).ended;
  const ask: Person['ask'] = async (args, more) => {
    const { stdout, stderr } = await run([...args, '--json'], more);
    try {
      return JSON.parse(stdout) as Record<string, unknown>;
    } catch (error) {
      throw new Error(`fleet ${args.join(' ')}: no JSON document on stdout: ${stdout}\n${stderr}`, { cause: error });
    }
  };
  const writeText = (file: string, text: string): string => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const readEvents = (run: string) => lookIntoStore(stateDir, (store) => store.readEvents(run, 0, 10_000));
  const runs = () =>
    lookIntoStore(stateDir, (store) => store.listRuns(null).map((run) => readRunDocument(store, run, momentOf(systemClock))));

  return {
    folder,
    home,
    stateDir,
    hostHome: (host = 'demo-a100x2') => join(dataDir, 'fleet/embedded', host, 'home'),
    start,
    run,
    ask,
    runs,
    newest: () => {
      const [newest] = runs();
      if (newest === undefined) throw new Error('there is no run');
      return newest;
    },
    events: (run) => readEvents(run).map(({ text }) => text),
    readEvents,
    readRows: (run, worker) =>
      lookIntoStore(stateDir, (store) =>
        Array.from(store.readSamples(run, 'training'))
          .filter((row) => worker === undefined || row.worker === worker)
          .map(({ columns }) => [columns['step'], columns['loss']]),
      ),
    waitForRun: async (what, holds, limitMs = 60_000) => {
      let last: RunDocument | undefined;
      const look = () => {
        last = runs()[0];
        return last !== undefined && holds(last) ? last : null;
      };
      return waitFor(what, look, limitMs).catch((error: unknown) => {
        throw new Error(`${String(error)}; the run is ${last?.state ?? 'not there'}: ${last?.message ?? 'no message'}`);
      });
    },
    colleague: () => makePerson(fleet, { folder, name: 'second', env }),
    writeFile: writeText,
    changePlaybook: (changes) => writeText('changed.yaml', readChanged(join(fleet.root, 'playbooks/prod-50k.yaml'), changes)),
    processes: () => findProcessesOf(folder),
  };
}

function readChanged(file: string, changes: Record<string, string>): string {
  let text = readFileSync(file, 'utf8');
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`${file} does not hold "${from}"`);
    text = text.replace(from, to);
  }
  return text;
}

/** Nothing, while nothing has been stored. */
function lookIntoStore<T>(stateDir: string, look: (store: Store) => T[]): T[] {
  const store = openStore(stateDir, { create: false });
  try {
    return store === null ? [] : look(store);
  } finally {
    store?.close();
  }
}

function follow(child: ChildProcess): Started {
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...said }));
  });
  return { pid: child.pid ?? 0, ended, said: () => said, kill: (signal) => void child.kill(signal) };
}

/** A file of an embedded host, or nothing. */
export function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
