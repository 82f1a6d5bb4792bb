import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usePeople, type Person, type Started } from '../support/person.ts';
import { openSmallHost, type SmallHost } from '../support/small-run.ts';
import { withClockWrongBy } from '../support/wrong-clock.ts';

const { person } = usePeople();

describe('a job that fails', { timeout: 120_000 }, () => {
  it('is started again as the playbook says: from the newest checkpoint, with nothing of the attempt before, and its files read on', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const launch = host.write(
      'twice',
      `playbook: twice
workdir: @work
restart: { on: [exit 75], times: 2, delay: 1s }
launch:
  log: out/training.log
  halt: { sentinel: out/halt, grace: 1s, then: [TERM, 1s, KILL] }
  run: |
    echo "$FLEET_RUN_ID job" >>@starts
    echo "$FLEET_ATTEMPT:$FLEET_CHECKPOINT" >>out/seen
    echo "$FLEET_ATTEMPT,0.5" >>out/training.csv
    if [ "$FLEET_ATTEMPT" = 1 ]; then
      (setsid sleep 300 &)
      exit 75
    fi
    sleep 0.5
    echo "8,0.1" >>out/training.csv
monitor:
  metrics:
    training: { csv: out/training.csv, columns: [step, loss], step: step }
  progress: { metric: training.step, of: 8 }
`,
    );
    const { code, stderr } = await who.run(['launch', ...launch]);
    const run = who.newest();
    expect({ code, stderr, state: run.state }).toMatchObject({ code: 0, state: 'succeeded' });
    expect(run.attempts).toMatchObject([
      { attempt: 1, because: null, lastStep: 1, ending: { exitCode: 75 } },
      { attempt: 2, because: 'exit 75', lastStep: 8, ending: { exitCode: 0, failure: null } },
    ]);
    expect(host.starts(run.id)).toEqual(['job', 'job']);
    expect(who.readRows(run.id)).toEqual([
      [1, 0.5],
      [2, 0.5],
      [8, 0.1],
    ]);
    expect(host.remains(run.id)).toEqual([]);
    expect(readFileSync(join(host.work, 'out/seen'), 'utf8')).toBe('1:\n2:\n');
    expect(who.events(run.id)).toContainEqual(
      expect.stringMatching(/^stopping what is left before attempt 2: pid \d+ sleep 300$/),
    );
  });
});

const waiting = `playbook: waiting
workdir: @work
restart: { on: [exit 75], times: 1, delay: 50m }
launch:
  log: out/training.log
  halt: { sentinel: out/halt, grace: 1s, then: [TERM, 1s, KILL] }
  run: |
    echo "$FLEET_RUN_ID job" >>@starts
    [ "$FLEET_ATTEMPT" != 1 ] || exit 75
`;

async function driveUntilItWaits(who: Person, host: SmallHost): Promise<Started> {
  host.clear(who);
  expect((await who.run(['launch', ...host.write('waiting', waiting), '--detach'])).code).toBe(0);
  const driver = who.start(['resume']);
  await who.waitForRun('it waits', ({ state }) => state === 'restarting');
  return driver;
}

describe('a run that waits for its next attempt', { timeout: 120_000 }, () => {
  it('goes on at once when the controller comes back after the wait', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    const driver = await driveUntilItWaits(who, host);
    driver.kill('SIGKILL');
    await driver.ended;
    expect((await who.run(['resume'], withClockWrongBy(1))).code).toBe(0);
    const run = who.newest();
    expect(run).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(host.starts(run.id)).toEqual(['job', 'job']);
  });

  it('is halted, and not cancelled, and starts nothing more', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    const driver = await driveUntilItWaits(who, host);
    expect((await who.run(['halt'])).code).toBe(0);
    await driver.ended;
    const run = who.newest();
    expect(run).toMatchObject({ state: 'halted', attempts: [{ ending: { exitCode: 75 } }, { because: 'exit 75' }] });
    expect(host.starts(run.id)).toEqual(['job']);
  });

  it('ends as halted when a person makes the halt file meanwhile', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    const driver = await driveUntilItWaits(who, host);
    driver.kill('SIGKILL');
    await driver.ended;
    writeFileSync(join(host.work, 'out/halt'), '');
    await who.run(['resume'], withClockWrongBy(1));
    const run = who.newest();
    expect(run.outcome).toMatchObject({ result: 'halted', reason: 'sentinel' });
    expect(host.starts(run.id)).toEqual(['job']);
  });
});
