import { expect, it, type TestContext } from 'vitest';
import { usePeople, type Person } from '../support/person.ts';
import { endProcessesOf } from '../support/processes.ts';
import { giveAccount, openSmallHost, type SmallHost } from '../support/small-run.ts';
import { faults, type Fault, type Stage } from './faults.ts';
import { judge, type References } from './judge.ts';
import { createRandom } from './random.ts';
import { add, nothing, renderTally, writeTally, type Count } from './tally.ts';

/**
 * Faults at random, until so many have been injected. What a case does comes from its seed; when exactly the processes of a machine do what they do,
 * does not.
 *
 *     FLEET_SOAK_FAULTS   how many; default 1000
 *     FLEET_SOAK_SEED     of the whole; default: the time
 *     FLEET_SOAK_CASE     the seed of one case, which is then played alone
 *     FLEET_SOAK_LANES    how many cases at a time; default 4
 *     FLEET_SOAK_REPORT   a file of Markdown that gets the table
 */
const wanted = readNumber('FLEET_SOAK_FAULTS', 1_000);
const seed = readNumber('FLEET_SOAK_SEED', Math.floor(Date.now() / 1000));
const lanes = readNumber('FLEET_SOAK_LANES', 4);
const only = process.env['FLEET_SOAK_CASE'] === undefined ? null : readNumber('FLEET_SOAK_CASE', 0);
const report = process.env['FLEET_SOAK_REPORT'];
const limitMs = 6 * 3_600_000;
const tellEvery = 25;

const { person } = usePeople();

interface Lane {
  who: Person;
  host: SmallHost;
}

async function openLane(test: TestContext): Promise<Lane> {
  const who = person(test);
  return { who, host: await openSmallHost(test, who) };
}

async function measureReferences({ who, host }: Lane): Promise<References> {
  host.clear(who);
  const launched = await who.run(['launch', ...host.everyPhase]);
  const one = { exit: launched.code, ...(await giveAccount(who, host, who.newest())) };
  host.clear(who);
  await who.run(['launch', ...host.stubborn, '--detach']);
  const halted = await who.run(['halt']);
  const two = { exit: halted.code, ...(await giveAccount(who, host, who.newest())) };
  expect(one).toMatchObject({ exit: 0, state: 'succeeded', rowsAreThoseOfTheFile: true, remains: [] });
  expect(two).toMatchObject({ exit: 0, state: 'halted', rowsAreThoseOfTheFile: true, remains: [] });
  return { launched: one, halted: two };
}

/** One case, and what went wrong in it. */
async function playCase(
  lane: Lane,
  caseSeed: number,
  references: References,
): Promise<{ fault: Fault; count: Count; troubles: unknown[] }> {
  const { who, host } = lane;
  const random = createRandom(caseSeed);
  const fault = random.pick(faults.flatMap((each) => Array.from({ length: each.weight }, () => each)));
  let injected = 0;
  const stage: Stage = { who, host, random, injected: () => (injected += 1) };
  for (const somebody of [who, who.colleague()]) host.clear(somebody);
  host.line.restore();
  host.server.hangUp(random.pick([true, false]));
  let count = nothing;
  const troubles: unknown[] = [];
  try {
    for (const played of await fault.play(stage)) {
      const { wrong, ...found } = await judge(played, host, references);
      const isWrong = Object.keys(wrong).length > 0;
      count = add(count, { ...nothing, ...found, runs: 1, wrong: isWrong ? 1 : 0 });
      if (isWrong || found.startedTwice + found.rowsLost + found.rowsDoubled > 0)
        troubles.push({ run: played.run.id, ...found, wrong });
    }
  } catch (error) {
    count = add(count, { ...nothing, runs: 1, wrong: 1 });
    troubles.push(String(error));
  }
  if (troubles.length > 0) await endProcessesOf(who.folder);
  return { fault, count: { ...count, injected }, troubles };
}

it(`loses nothing, starts nothing twice and ends as it should, with ${wanted} faults`, { timeout: limitMs }, async (test) => {
  const begin = performance.now();
  const [firstLane, ...others] = await Promise.all(Array.from({ length: only === null ? lanes : 1 }, () => openLane(test)));
  if (firstLane === undefined) throw new Error('there is no lane');
  const references = await measureReferences(firstLane);
  const seeds = createRandom(seed);
  const counts = new Map<string, Count>(faults.map(({ name }) => [name, nothing]));
  const failed: unknown[] = [];
  let injected = 0;
  let cases = 0;
  const work = async (lane: Lane) => {
    while (injected < wanted) {
      const caseSeed = only ?? seeds.between(1, 2 ** 31);
      const { fault, count, troubles } = await playCase(lane, caseSeed, references);
      counts.set(fault.name, add(counts.get(fault.name) ?? nothing, count));
      injected += count.injected;
      cases += 1;
      if (troubles.length > 0) {
        failed.push({ fault: fault.name, repeat: `FLEET_SOAK_CASE=${caseSeed} npm run test:soak`, troubles });
        console.error(JSON.stringify(failed.at(-1), null, 2));
      }
      if (cases % tellEvery === 0) console.log(`${cases} cases, ${injected} faults, ${failed.length} went wrong`);
      if (only !== null) return;
    }
  };
  await Promise.all([firstLane, ...others].map(work));
  const minutes = Math.round((performance.now() - begin) / 60_000);
  const command = `FLEET_SOAK_SEED=${seed} FLEET_SOAK_FAULTS=${wanted} npm run test:soak`;
  const table = renderTally(counts, command);
  console.log(`${table}\n\n${cases} cases in ${minutes} minutes, ${lanes} at a time`);
  if (report !== undefined && only === null) writeTally(report, table);
  expect(failed).toEqual([]);
});

function readNumber(name: string, otherwise: number): number {
  const text = process.env[name];
  const number = text === undefined || text === '' ? otherwise : Number(text);
  if (!Number.isInteger(number) || number < 0) throw new Error(`${name}: expected a whole number, got "${text ?? ''}"`);
  return number;
}
