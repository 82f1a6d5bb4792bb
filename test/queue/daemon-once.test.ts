import { expect, it } from 'vitest';
import type { EntryDocument } from '../../src/cli/queue/entry-document.ts';
import { findZone } from '../../src/language/zone.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';
import { makeJumpingClock } from '../support/wrong-clock.ts';

const { person } = usePeople();
const hourMs = 3_600_000;

const counting = `playbook: counting
workdir: @work
params: { seed: { type: integer, default: 1 } }
launch:
  log: out/training.log
  run: |
    echo "$FLEET_RUN_ID job \${{ params.seed }}" >>@starts
    sleep 1.5
`;

async function listEntries(who: Person): Promise<EntryDocument[]> {
  return ((await who.ask(['queue', 'list', '--all'])) as { entries: EntryDocument[] }).entries;
}

const inHours = (hours: number) =>
  findZone('UTC')
    .format(Date.now() + hours * hourMs)
    .slice(11);

it('fleet daemon --once ends when nothing can start, whatever the clock on the wall is set to meanwhile, and leaves what waits for its window or a person', async (test) => {
  const who = person(test);
  const host = await openSmallHost(test, who);
  host.clear(who);
  const clock = makeJumpingClock(who.folder, 'first');
  const add = (...words: string[]) => who.run(['queue', 'add', ...host.write('counting', counting), '--set', ...words]);
  await add('seed=1');
  await add('seed=2', '--hold');
  await add('seed=3', '--window', `${inHours(5)}-${inHours(6)}`, '--tz', 'UTC');

  const daemon = who.start(['daemon', '--once'], clock.env);
  const { id } = await who.waitForRun('the first one runs', ({ state }) => state === 'running');
  clock.jumpTo(-27 * hourMs);
  await waitFor('the job is over', () => host.remains(id).length === 0, 30_000);
  clock.jumpTo(26 * hourMs);
  expect(await daemon.ended).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('counting seed=1 on small: done') as string,
  });
  expect((await listEntries(who)).map(({ state, runs }) => [state, runs.length])).toEqual([
    ['done', 1],
    ['held', 0],
    ['waiting', 0],
  ]);
  expect(host.starts(id)).toEqual(['job 1']);
});

it('of a daemon --once and a queue run that begin together one sees to the queue, and every entry has one run', async (test) => {
  const who = person(test);
  const host = await openSmallHost(test, who);
  host.clear(who);
  expect(await who.run(['queue', 'add', ...host.write('counting', counting), '--matrix', 'seed=1,2'])).toMatchObject({ code: 0 });
  const once = who.start(['daemon', '--once']);
  const run = who.start(['queue', 'run']);
  const [ofDaemon, ofRun] = await Promise.all([once.ended, run.ended]);
  // Whoever comes second is told who was first, and that is no trouble to a crontab.
  expect(ofDaemon.code).toBe(0);
  if (ofRun.code !== 0) expect(ofRun).toMatchObject({ code: 1, stderr: expect.stringContaining(`pid ${once.pid}`) as string });
  const { length } = [ofDaemon, ofRun].filter(({ stderr }) => stderr.includes('sees to the queue since'));
  expect(length).toBe(1);
  const entries = await listEntries(who);
  expect(entries.map(({ state, runs }) => [state, runs.length])).toEqual([
    ['done', 1],
    ['done', 1],
  ]);
  for (const [index, entry] of entries.entries()) expect(host.starts(entry.run ?? '')).toEqual([`job ${index + 1}`]);
});
