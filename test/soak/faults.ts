import type { RunDocument } from '../../src/store/run-document.ts';
import { killAtGate } from '../support/gates.ts';
import type { Ended, Person, Started } from '../support/person.ts';
import type { SmallHost } from '../support/small-run.ts';
import type { Random } from './random.ts';

/** Where a fault is put in: a host without anything of earlier runs, and somebody who has none. */
export interface Stage {
  who: Person;
  host: SmallHost;
  random: Random;
  /** Called for each fault that took place. */
  injected: () => void;
}

/** What is left to be judged: how the last command line ended, and the run it was about. */
export interface Played {
  who: Person;
  run: RunDocument;
  exit: number | null;
  ends: 'launched' | 'halted' | 'refused';
}

export interface Fault {
  name: string;
  /** How often it is chosen, beside the others. */
  weight: number;
  play(stage: Stage): Promise<Played[]>;
}

type Kill = 'gate' | 'moment';

export const faults: readonly Fault[] = [
  { name: 'kill -9 at a gate of a launch or a resume', weight: 18, play: (stage) => playKilledLaunch(stage, 'gate') },
  { name: 'kill -9 at any moment of a launch or a resume', weight: 14, play: (stage) => playKilledLaunch(stage, 'moment') },
  { name: 'kill -9 at a gate of a halt', weight: 30, play: (stage) => playKilledHalt(stage, 'gate') },
  { name: 'kill -9 at any moment of a halt', weight: 30, play: (stage) => playKilledHalt(stage, 'moment') },
  { name: 'connection cut at any byte', weight: 8, play: (stage) => playOverBadLine(stage, cutAtByte) },
  { name: 'connection reset', weight: 4, play: (stage) => playOverBadLine(stage, ({ line }) => line.reset()) },
  { name: 'one direction closed', weight: 4, play: (stage) => playOverBadLine(stage, halfClose) },
  { name: 'line stalled for seconds', weight: 4, play: (stage) => playOverBadLine(stage, stall) },
  { name: 'line slow', weight: 2, play: playOverSlowLine },
  { name: 'second controller takes over', weight: 6, play: playTakeOver },
  { name: 'controller stopped, replaced and woken', weight: 6, play: playSuspended },
  { name: 'two people on one machine', weight: 4, play: playTwoPeople },
];

/** Beyond this many gates a launch is over; a resume or a halt passes fewer. */
const gates = { launch: 88, later: 30 };
const momentsMs = { launch: 5_000, later: 3_000 };

/** Runs a command line that is killed, unless it ends before. True: it was. */
async function isKilled({ who, random, injected }: Stage, args: string[], kill: Kill): Promise<boolean> {
  const kind = args[0] === 'launch' ? 'launch' : 'later';
  if (kill === 'gate') {
    const { signal } = await who.start(args, killAtGate(random.between(1, gates[kind]))).ended;
    if (signal !== null) injected();
    return signal !== null;
  }
  const started = who.start(args);
  await Promise.race([wait(random.between(200, momentsMs[kind])), started.ended]);
  started.kill('SIGKILL');
  const { signal } = await started.ended;
  if (signal !== null) injected();
  return signal !== null;
}

/** One controller after the other dies; the last is left alone. */
async function goOnAfterDeaths(stage: Stage, command: string[], again: string[], kill: Kill): Promise<Ended> {
  const { who, random } = stage;
  const next = () => (who.runs().length === 0 ? command : again);
  for (let deaths = random.between(1, 4); deaths > 0; deaths--) {
    if (!(await isKilled(stage, next(), kill))) break;
  }
  return who.run(next());
}

async function playKilledLaunch(stage: Stage, kill: Kill): Promise<Played[]> {
  const { who, host } = stage;
  const { code } = await goOnAfterDeaths(stage, ['launch', ...host.everyPhase], ['resume'], kill);
  return [{ who, run: who.newest(), exit: code, ends: 'launched' }];
}

/** The controller of the launch is gone, or is still there and has to be replaced. */
async function playKilledHalt(stage: Stage, kill: Kill): Promise<Played[]> {
  const { who, host, random } = stage;
  const attached = random.pick([true, false]);
  const launch = who.start(['launch', ...host.stubborn, ...(attached ? [] : ['--detach'])]);
  const isTraining = (run: RunDocument) => run.state === 'running' && (!attached || run.progress !== null);
  const run = await who.waitForRun('the job runs', isTraining);
  if (!attached) await launch.ended;
  const { code } = await goOnAfterDeaths(stage, [], ['halt'], kill);
  await launch.ended;
  return [{ who, run: who.runs().find(({ id }) => id === run.id) ?? run, exit: code, ends: 'halted' }];
}

async function playOverBadLine(
  { who, host, random, injected }: Stage,
  spoil: (host: SmallHost, random: Random) => void | Promise<void>,
): Promise<Played[]> {
  const controller = who.start(['launch', ...host.everyPhase]);
  let over = false;
  void controller.ended.finally(() => (over = true));
  for (let times = random.between(1, 4); times > 0; times--) {
    await Promise.race([wait(random.between(200, 2_500)), controller.ended]);
    if (over) break;
    await spoil(host, random);
    injected();
  }
  const { code } = await controller.ended;
  host.line.restore();
  return [{ who, run: who.newest(), exit: code, ends: 'launched' }];
}

function cutAtByte({ line }: SmallHost, random: Random): void {
  line.cutAfter(random.pick(['up', 'down']), random.between(0, 1_500));
}

function halfClose({ line }: SmallHost, random: Random): void {
  line.halfClose(random.pick(['up', 'down']));
}

async function stall({ line }: SmallHost, random: Random): Promise<void> {
  line.stall();
  await wait(random.between(300, 6_000));
  line.restore();
}

async function playOverSlowLine({ who, host, random, injected }: Stage): Promise<Played[]> {
  host.line.delay(random.between(5, 60));
  injected();
  const { code } = await who.run(['launch', ...host.everyPhase]);
  host.line.restore();
  return [{ who, run: who.newest(), exit: code, ends: 'launched' }];
}

async function playTakeOver({ who, host, random, injected }: Stage): Promise<Played[]> {
  const controllers: Started[] = [who.start(['launch', ...host.everyPhase])];
  const { id } = await who.waitForRun('it is there', () => true);
  for (let times = random.between(1, 3); times > 0; times--) {
    await wait(random.between(0, 1_500));
    controllers.push(who.start(['resume', id, '--take-over']));
    injected();
  }
  const codes = await Promise.all(controllers.map(async ({ ended }) => (await ended).code));
  return [{ who, run: who.newest(), exit: codes.find((code) => code !== 0) ?? 0, ends: 'launched' }];
}

async function playSuspended({ who, host, random, injected }: Stage): Promise<Played[]> {
  const first = who.start(['launch', ...host.everyPhase]);
  const { id } = await who.waitForRun('it is there', () => true);
  await wait(random.between(0, 3_000));
  first.kill('SIGSTOP');
  injected();
  const second = who.start(['resume', id, '--take-over']);
  await Promise.race([wait(random.between(300, 5_000)), second.ended]);
  first.kill('SIGCONT');
  const codes = [(await second.ended).code, (await first.ended).code];
  return [{ who, run: who.newest(), exit: codes.find((code) => code !== 0) ?? 0, ends: 'launched' }];
}

async function playTwoPeople({ who, host, random, injected }: Stage): Promise<Played[]> {
  const people = [who, who.colleague()];
  const ended = await Promise.all(
    people.map(async (person, index) => {
      if (index > 0) await wait(random.between(0, 1_000));
      return { person, code: (await person.run(['launch', ...host.everyPhase])).code };
    }),
  );
  injected();
  const winner = Math.max(
    0,
    ended.findIndex(({ code }) => code === 0),
  );
  return ended.map(({ person, code }, index) => ({
    who: person,
    run: person.newest(),
    exit: code,
    ends: index === winner ? 'launched' : 'refused',
  }));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
