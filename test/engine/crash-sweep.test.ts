import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it, type TestContext } from 'vitest';
import { passGates, readGates } from '../support/gates.ts';
import { isFull } from '../support/full.ts';
import { usePeople, type Person } from '../support/person.ts';
import { endProcessesOf } from '../support/processes.ts';
import { giveAccount, openSmallHost, type SmallHost } from '../support/small-run.ts';

interface Scenario {
  name: string;
  /** What leads up to the command. */
  before?: (who: Person, host: SmallHost) => Promise<void>;
  /** The command line that is killed; typed again when it leaves no run. */
  command: (host: SmallHost) => string[];
  /** The first gate that is tried, where those before it are another scenario's. */
  from?: string;
  /** How many gates of one name are tried, unless FLEET_SWEEP is `all`. Default: the first alone. */
  ofEachName?: number;
  /** Only gates of such names, unless FLEET_SWEEP is `all`. */
  about?: RegExp;
  /** Played with FLEET_SWEEP=all alone: its parts are in other scenarios. */
  inFullSweep?: true;
  /** Two workers begin side by side, in whatever order. */
  sideBySide?: true;
  /** What is typed after it. */
  again: string[];
  /** How it ends undisturbed. */
  ends: Account;
  /** What of the account must be as it is undisturbed; default: all. */
  compared?: string[];
  /** Ends that are right as well: what is different in them. */
  orElse?: Account[];
}

type Account = Record<string, unknown>;

const scenarios: Scenario[] = [
  {
    name: 'a launch is resumed',
    command: (host) => ['launch', ...host.everyPhase],
    again: ['resume'],
    ends: {
      state: 'succeeded',
      verdict: 'GO',
      progress: { step: 8, of: 8 },
      health: 'yellow',
      starts: ['prepare-0', 'validate-1', 'validate-1-again', 'job'],
      flags: [{ count: 2 }],
    },
  },
  {
    name: 'a launch that fails is rolled back',
    command: (host) => ['launch', ...host.rolledBack],
    again: ['resume'],
    ends: {
      ...{ state: 'failed', verdict: 'NO-GO', outcome: { result: 'failed', reason: 'no-go', exitCode: null, degraded: false } },
      starts: ['prepare-0', 'rollback-0'],
      checks: expect.arrayContaining([
        expect.objectContaining({ phase: 'rollback', name: 'it was written once', result: 'pass' }),
      ]) as unknown,
    },
    compared: ['runs', 'state', 'verdict', 'outcome', 'message', 'checks', 'story', 'starts', 'remains', 'controller'],
  },
  {
    name: 'a restart is resumed',
    inFullSweep: true,
    command: (host) => ['launch', ...host.twice],
    from: 'commit tries+runs+events#1',
    again: ['resume'],
    ends: {
      state: 'succeeded',
      attempt: 2,
      attempts: [
        { because: null, lastStep: 4, ending: { exitCode: 75 } },
        { because: 'exit 75', lastStep: 8, ending: { exitCode: 0 } },
      ],
      progress: { step: 8, of: 8 },
      starts: ['job', 'job'],
    },
  },
  {
    name: 'a fallback is resumed',
    command: (host) => ['launch', ...host.fallsBack],
    from: 'commit tries+runs+events#1',
    again: ['resume'],
    ends: {
      state: 'succeeded',
      attempt: 2,
      outcome: { result: 'succeeded', degraded: true },
      attempts: [
        { because: null, lastStep: 1, ending: { exitCode: 134 } },
        { because: 'exit 134', lastStep: 2, ending: { exitCode: 0 } },
      ],
      starts: ['job', 'job'],
    },
  },
  {
    name: 'a launch on two hosts is resumed',
    about: /start|claim|env|attempts/,
    command: (host) => ['launch', ...host.together],
    sideBySide: true,
    again: ['resume'],
    ends: {
      ...{ state: 'succeeded', verdict: 'GO', progress: { step: 3, of: 3 } },
      workers: [
        { state: 'exited', exitCode: 0 },
        { state: 'exited', exitCode: 0 },
      ],
      starts: ['job-0', 'job-1', 'prepare-0', 'prepare-1'],
      rowsAreThoseOfTheFile: false,
    },
    compared: [
      'exit',
      'runs',
      'state',
      'outcome',
      'progress',
      'workers',
      'attempts',
      'checks',
      'starts',
      'remains',
      'controller',
    ],
  },
  {
    name: 'a launch on two hosts is halted',
    inFullSweep: true,
    command: (host) => ['launch', ...host.together, '--detach'],
    sideBySide: true,
    again: ['halt', '--force'],
    ends: { state: 'halted', outcome: { result: 'halted' }, rowsAreThoseOfTheFile: expect.any(Boolean) as unknown },
    compared: ['exit', 'runs', 'remains', 'controller'],
  },
  {
    name: 'a halt is asked for again',
    before: async (who, host) => {
      await who.run(['launch', ...host.stubborn, '--detach']);
    },
    command: () => ['halt'],
    again: ['halt'],
    ends: { state: 'halted', outcome: { result: 'halted', exitCode: 137 }, progress: { step: 3, of: 8 }, starts: ['job'] },
  },
  {
    name: 'a launch is halted',
    inFullSweep: true,
    command: (host) => ['launch', ...host.stubborn, '--detach'],
    again: ['halt', '--force'],
    ends: { state: 'halted', outcome: { result: 'halted', exitCode: 137 }, starts: ['job'] },
    compared: ['exit', 'runs', 'state', 'outcome', 'starts', 'rowsAreThoseOfTheFile', 'remains', 'controller'],
    orElse: [
      // Killed before its first line.
      { starts: [] },
      {
        state: 'cancelled',
        outcome: { result: 'cancelled', reason: null, exitCode: null, degraded: false },
        starts: [],
      },
    ],
  },
];

interface Lane {
  who: Person;
  host: SmallHost;
}

const lanes = 4;
const limitMs = 600_000;

const { person } = usePeople();

async function openLane(test: TestContext): Promise<Lane> {
  const who = person(test);
  return { who, host: await openSmallHost(test, who) };
}

/** Plays the scenario; at `gate`, whoever drives dies. Tells which gates were passed, and whether the last one was its end. */
async function play({ before, command, again, sideBySide }: Scenario, { who, host }: Lane, gate: string | null) {
  host.clear(who);
  await before?.(who, host);
  const file = join(who.folder, 'gates');
  rmSync(file, { force: true });
  const { signal } = await who.start(command(host), passGates(file, gate)).ended;
  if (who.runs().length === 0) await who.run(command(host));
  const { code } = await who.run(again);
  const run = who.newest();
  const account: Account = { exit: code, runs: who.runs().length, ...(await giveAccount(who, host, run)) };
  if (sideBySide === true) account['starts'] = host.starts(run.id).toSorted();
  await endProcessesOf(run.id);
  return { account, gates: readGates(file), died: signal === 'SIGKILL' };
}

/** Empty when it is right. */
function findDifferences({ compared, orElse = [] }: Scenario, undisturbed: Account, got: Account): Account {
  const keys = compared ?? Object.keys(undisturbed);
  const differences = [{}, ...orElse].map((end) => {
    const expected: Account = { ...undisturbed, ...end };
    const different = keys.filter((key) => !isDeepStrictEqual(expected[key], got[key]));
    return Object.fromEntries(different.map((key) => [key, { expected: expected[key], got: got[key] }]));
  });
  return differences.find((difference) => Object.keys(difference).length === 0) ?? differences[0] ?? {};
}

/** Nothing when it died before. */
function fromGate(from: string | undefined, gates: readonly string[]): readonly string[] {
  if (from === undefined) return gates;
  return gates.includes(from) ? gates.slice(gates.indexOf(from)) : [];
}

const nameOf = (gate: string) => gate.replace(/#\d+$/, '');

/** Whether a gate that was not met before is tried. Later ones of a name are later turns of the same loop. */
function chooseGates({ ofEachName = 1, about = /./ }: Scenario): (gate: string) => boolean {
  if (isFull) return () => true;
  const chosen = new Map<string, number>();
  return (gate) => {
    const name = nameOf(gate);
    if (!about.test(name)) return false;
    const before = chosen.get(name) ?? 0;
    if (before < ofEachName) chosen.set(name, before + 1);
    return before < ofEachName;
  };
}

describe('a controller that is killed at any gate', () => {
  it.for(scenarios.filter(({ inFullSweep }) => inFullSweep !== true || isFull))(
    'leaves a run that ends as if nothing had happened: $name',
    { timeout: limitMs },
    async (scenario, test) => {
      const [firstLane, ...others] = await Promise.all(Array.from({ length: lanes }, () => openLane(test)));
      if (firstLane === undefined) throw new Error('there is no lane');
      const undisturbed = await play(scenario, firstLane, null);
      expect(undisturbed.account).toMatchObject({
        ...{ exit: 0, runs: 1, rowsAreThoseOfTheFile: true, remains: [], controller: null },
        ...scenario.ends,
      });

      // Looks come as often as time allows: a gate that no run has passed yet joins when one passes it.
      const isChosen = chooseGates(scenario);
      const known = new Set(fromGate(scenario.from, undisturbed.gates).filter(isChosen));
      expect(known.size).toBeGreaterThan(0);
      const left = [...known];
      const died = new Set<string>();
      const different: Record<string, Account> = {};
      const work = async (lane: Lane) => {
        for (let gate = left.shift(); gate !== undefined; gate = left.shift()) {
          const played = await play(scenario, lane, gate);
          if (played.died) died.add(nameOf(gate));
          const differences = findDifferences(scenario, undisturbed.account, played.account);
          if (Object.keys(differences).length > 0) different[gate] = differences;
          for (const passed of fromGate(scenario.from, played.gates)) {
            if (known.has(passed) || !isChosen(passed)) continue;
            left.push(passed);
            known.add(passed);
          }
        }
      };
      await Promise.all([firstLane, ...others].map(work));
      expect(different).toEqual({});
      expect([...died].toSorted()).toEqual([...new Set([...known].map(nameOf))].toSorted());
    },
  );
});
