import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunDocument } from '../../src/store/run-document.ts';
import type { EventRecord } from '../../src/store/records.ts';
import { startFarServer } from './far-server.ts';
import { findProcessesOf, waitFor } from './local-host.ts';
import { readIfThere, type Person } from './person.ts';
import type { SshdAddress } from './sshd.ts';
import type { SshServer, SshServerOptions } from './ssh-server.ts';
import type { TcpProxy } from './tcp-proxy.ts';

interface TestEnd {
  onTestFinished(close: () => Promise<void>): void;
}

/** A host that stands on its own, behind a line, and small runs on it that leave a trace of all that they start. */
export interface SmallHost {
  server: SshServer;
  line: TcpProxy;
  /** To type after `launch`: a run through every phase, a second or two long. One look passes at its second try, and is remembered. */
  everyPhase: string[];
  /** One that fails after it has changed something, and is rolled back. */
  rolledBack: string[];
  /** A job that does not end, and does not care for TERM. */
  stubborn: string[];
  /** A job whose first attempt fails, and is started again. */
  twice: string[];
  /** A job that dies in its first profile, and is done in the other. */
  fallsBack: string[];
  /** A job on two hosts: this one and its twin, which have nothing in common. */
  together: string[];
  /** To type after `launch`, for a playbook of one's own; `@work` is its folder for work. */
  write(name: string, text: string): string[];
  /** The folder for work of that host. */
  work: string;
  /** Forgets every run: on the host, and of this person. */
  clear(who: Person): void;
  /** What has been started there for a run, in order: units by their phase and position, and `job`. */
  starts(run: string): string[];
  /** The rows that the job has written, as numbers. */
  rows(): number[][];
  /** Whatever of a run is still there and should not be: processes, its environment, its claim on the machine. */
  remains(run: string): string[];
}

/** With a keepalive of a second: a line that is stalled is noticed soon. Ended after the test. */
export async function openSmallHost(test: TestEnd, who: Person, options: SshServerOptions = {}): Promise<SmallHost> {
  const homes = ['first-home', 'second-home'].map((name) => join(who.folder, name));
  const [{ server, line, address }, twin] = await Promise.all([
    startFarServer(test, { ...options, env: { HOME: homes[0] ?? '', ...options.env } }),
    startFarServer(test, { ...options, env: { HOME: homes[1] ?? '', ...options.env } }),
  ]);
  const work = join(who.folder, 'work');
  const remote = join(who.folder, 'remote');
  const starts = join(who.folder, 'starts');
  const remotes = [remote, join(who.folder, 'twin-remote')];
  const describeHost = ({ host, port, user, keys, knownHosts }: SshdAddress, remoteDir: string | undefined) => ({
    address: host,
    ssh: { user, port, keys, agent: false, 'known-hosts': knownHosts, keepalive: '1s' },
    'remote-dir': remoteDir,
  });
  const small = describeHost(address, remotes[0]);
  const hosts = { small, twin: describeHost(twin.address, remotes[1]) };
  const inventory = who.writeFile('small.yaml', JSON.stringify({ hosts: { small } }));
  const both = who.writeFile('twins.yaml', JSON.stringify({ hosts }));
  const write = (name: string, text: string, at = ['--host', 'small', '--inventory', inventory]) => {
    const playbook = who.writeFile(`${name}.yaml`, text.replaceAll('@work', work).replaceAll('@starts', starts));
    return [playbook, ...at];
  };
  const makeHomes = () => {
    for (const home of homes) mkdirSync(join(home, 'work/out'), { recursive: true });
  };
  makeHomes();

  return {
    server,
    line,
    work,
    write,
    everyPhase: write('every-phase', everyPhase),
    rolledBack: write('rolled-back', rolledBack),
    stubborn: write('stubborn', stubborn),
    twice: write('twice', twice),
    fallsBack: write('falls-back', fallsBack),
    together: write('together', together, ['--host', 'small,twin', '--inventory', both]),
    clear: (person) => {
      for (const folder of [person.stateDir, work, starts, ...remotes, ...homes])
        rmSync(folder, { recursive: true, force: true });
      makeHomes();
      mkdirSync(join(work, 'out'), { recursive: true });
      writeFileSync(join(work, 'out/old.csv'), '99,0.1\n');
    },
    starts: (run) =>
      readIfThere(starts)
        .split('\n')
        .filter((text) => text.startsWith(`${run} `))
        .map((text) => text.slice(run.length + 1)),
    rows: () =>
      readIfThere(join(work, 'out/training.csv'))
        .split('\n')
        .filter(Boolean)
        .map((row) => row.split(',').map(Number)),
    remains: (run) => [
      ...findProcessesOf(run).map((pid) => `process ${pid}`),
      ...remotes.flatMap((folder) => findEnvironments(join(folder, 'runs', run))),
      ...(remotes.some((folder) => isClaimed(join(folder, 'claims'))) ? ['claim'] : []),
    ],
  };
}

/** Files of secrets, of whatever attempt. */
function findEnvironments(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.filter((file) => /^a\d+\/w0\/env/.test(file)).map((file) => `environment ${file}`);
}

function isClaimed(claims: string): boolean {
  return existsSync(claims) && readdirSync(claims, { recursive: true, encoding: 'utf8' }).some((file) => file.endsWith('.beat'));
}

/** Rows come in pieces, so that a look may find half of one. The verdicts do not depend on when one looks. */
const everyPhase = `playbook: every-phase
workdir: @work
env:
  GREETING: { value: hello, critical: true }
prepare:
  - action: lay out
    run: echo "$FLEET_RUN_ID prepare-0" >>@starts; sleep 0.2; echo "$GREETING" >out/greeting
  - { action: put old files away, archive: ['out/*.csv'] }
validate:
  - { check: the greeting is there, run: cat out/greeting, expect: { stdout: { equals: hello } } }
  - check: a long look
    run: |
      if mkdir "out/tried-$FLEET_RUN_ID" 2>/dev/null; then
        echo "$FLEET_RUN_ID validate-1" >>@starts; echo "0/3 passed"
      else
        echo "$FLEET_RUN_ID validate-1-again" >>@starts; sleep 0.2; echo "3/3 passed"
      fi
    expected-time: 1m
    retry: { times: 2 }
    remember: { per: [host] }
    expect: { stdout: { capture: '(?<passed>\\d+)/3', where: passed == 3 } }
launch:
  log: out/training.log
  run: |
    echo "$FLEET_RUN_ID job" >>@starts
    echo 'careful: a warning'
    for step in 1 2 3 4 5 6 7 8; do
      printf '%s,' $step >>out/training.csv
      sleep 0.05
      echo "0.$((9 - step))" >>out/training.csv
      sleep 0.1
    done
    echo 'careful: another one'
    echo weights >out/model.bin
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 8 }
  criteria:
    - { criterion: it learns, expr: last(training.loss) < 0.5, window: steps 1..6 }
    - { criterion: no row is too high, expr: max(training.loss) < 0.9 }
    - { criterion: it is slow, expr: count(training.loss) > 10, window: steps 1..8, severity: yellow }
  flags:
    - { yellow: careful, expected: true }
verify:
  - { check: the model is there, files: { glob: out/model.bin, count: 1, size: 8B } }
`;

const rolledBack = `playbook: rolled-back
workdir: @work
prepare:
  - { action: lay out, run: 'echo "$FLEET_RUN_ID prepare-0" >>@starts' }
validate:
  - { check: the card works, run: 'false' }
launch: { run: exit 0, log: out/training.log }
rollback:
  - { action: undo, run: 'echo "$FLEET_RUN_ID rollback-0" >>@starts' }
  - { action: write it down, note: docs/issues.md }
  - { action: lock the host, quarantine-host: the card does not work }
  - { check: it was written once, run: grep -c 'end of the note' docs/issues.md, expect: { stdout: { equals: '1' } } }
`;

const fallsBack = `playbook: falls-back
workdir: @work
profiles:
  gpu: { env: { DEVICE: gpu } }
  cpu: { env: { DEVICE: cpu } }
fallback: { to: cpu, on: [exit 134], after: 1m }
launch:
  log: out/training.log
  run: |
    echo "$FLEET_RUN_ID job" >>@starts
    echo "$FLEET_ATTEMPT,0.5" >>out/training.csv
    [ "$DEVICE" = cpu ] || exit 134
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 2 }
`;

const twice = `playbook: twice
workdir: @work
restart: { on: [exit 75], times: 1, delay: 100ms }
launch:
  log: out/training.log
  run: |
    echo "$FLEET_RUN_ID job" >>@starts
    echo "$((FLEET_ATTEMPT * 4)),0.$FLEET_ATTEMPT" >>out/training.csv
    [ "$FLEET_ATTEMPT" != 1 ] || exit 75
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 8 }
`;

const together = `playbook: together
workdir: work
gang: { within: 20s }
prepare:
  - { action: lay out, run: 'echo "$FLEET_RUN_ID prepare-$FLEET_WORKER_INDEX" >>@starts' }
launch:
  log: out/training.log
  run: |
    echo "$FLEET_RUN_ID job-$FLEET_WORKER_INDEX" >>@starts
    for step in 1 2 3; do echo "$step,0.$FLEET_WORKER_INDEX" >>out/training.csv; sleep 0.2; done
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 3 }
`;

const stubborn = `playbook: stubborn
workdir: @work
env:
  GREETING: hello
launch:
  log: out/training.log
  run: |
    trap '' TERM
    echo "$FLEET_RUN_ID job" >>@starts
    for step in 1 2 3; do echo "$step,0.$((9 - step))"; done >>out/training.csv
    while sleep 1; do :; done
  halt: { sentinel: out/halt, grace: 1s, then: [TERM, 1s, KILL] }
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 8 }
`;

/** Events that tell of controllers and of the network, not of the run: how often one came, what it was asked, and whether it heard the host. */
const aboutControllers = ['taken-over', 'reachable', 'unreachable', 'halt-wish'];
/** Events that come with the first look that sees their cause: one look may bring what came in two. */
const seenInLooks = ['criterion', 'flag', 'health'];
/** The wrapper and the guard of a unit leave soon after it. */
const leaveWithinMs = 5_000;

/**
 * All of a run that must not depend on who drove it, how often, and when they looked. Left out are times, pids, rates, and the colours that its health
 * had on the way.
 */
export async function giveAccount(who: Person, host: SmallHost, run: RunDocument): Promise<Record<string, unknown>> {
  await waitFor('it has left', () => host.remains(run.id).length === 0, leaveWithinMs).catch(() => undefined);
  const { kind, state, attempt, health, verdict, outcome, message, controller, criteria } = run;
  return {
    ...{ kind, state, attempt, health, verdict, outcome, message, controller, criteria },
    progress: run.progress === null ? null : { step: run.progress.step, of: run.progress.of },
    attempts: run.attempts.map(({ because, checkpoint, lastStep, ending }) => {
      const { exitCode = null, failure = null, text = null } = ending ?? {};
      return { because, checkpoint, lastStep, ending: { exitCode, failure, text } };
    }),
    workers: run.workers.map((worker) => ({ state: worker.state, exitCode: worker.exitCode })),
    checks: run.checks.map(({ seconds: _, observed, workers, ...check }) => ({
      ...check,
      workers: workers?.map(({ worker, result }) => ({ worker, result })) ?? null,
      observed: observed?.replaceAll(run.id, 'RUN') ?? null,
    })),
    flags: run.flags.map(({ color, text, count, expected }) => ({ color, text, count, expected })),
    ...tellStory(who.readEvents(run.id), run.id),
    starts: host.starts(run.id),
    rowsAreThoseOfTheFile: JSON.stringify(who.readRows(run.id)) === JSON.stringify(host.rows()),
    remains: host.remains(run.id),
  };
}

function tellStory(all: EventRecord[], run: string): { story: string[]; seen: string[] } {
  const lastHealth = all.findLast(({ kind }) => kind === 'health');
  const events = all.filter(
    (event) => !aboutControllers.includes(event.kind) && (event.kind !== 'health' || event === lastHealth),
  );
  const textsOf = (some: EventRecord[]) =>
    some.map(({ kind, text }) => `${kind}: ${text.replaceAll(run, 'RUN').replace(/pid \d+/, 'pid PID')}`);
  return {
    story: textsOf(events.filter(({ kind }) => !seenInLooks.includes(kind))),
    seen: textsOf(events.filter(({ kind }) => seenInLooks.includes(kind))).toSorted(),
  };
}
