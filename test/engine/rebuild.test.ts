import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { killAround } from '../support/gates.ts';
import { usePeople, type Person } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

const { person } = usePeople();
const host = 'demo-a100x2';
const launch = ['launch', 'prod-50k', '--host', host];
const rebuild = ['resume', '--rebuild', host];
const isTraining = (run: RunDocument) => run.state === 'running' && (run.progress?.step ?? 0) > 0;
const loseStore = (who: Person) => rmSync(who.stateDir, { recursive: true });

const summarize = ({ state, verdict, outcome, checks, criteria }: RunDocument) => ({
  ...{ state, verdict, outcome },
  checks: checks.map(({ phase, name, result, observed }) => ({ phase, name, result, observed })),
  criteria: criteria.map(({ name, verdict }) => ({ name, verdict })),
});

/** A controller that was killed has spoken for its machine until then: the next store takes it all the same. */
async function die(who: Person, controller: { kill(signal: 'SIGKILL'): void; ended: Promise<unknown> }) {
  controller.kill('SIGKILL');
  await controller.ended;
  loseStore(who);
}

describe.concurrent('a store that was lost', { timeout: 180_000 }, () => {
  it('in mid-run is rebuilt from the host: the job is adopted, every row is there, and the end is as it would have been', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '12' });
    const controller = who.start(launch);
    const run = await who.waitForRun('it trains', isTraining);
    await die(who, controller);
    const refused = await who.run(rebuild);
    expect(refused.stderr).toContain('a controller has spoken for it');
    expect(who.runs()).toEqual([]);

    const rebuilt = await who.run([...rebuild, '--take-over']);
    expect({ code: rebuilt.code, stderr: rebuilt.stderr }).toMatchObject({ code: 0 });
    const after = who.newest();
    expect(after).toMatchObject({ id: run.id, state: 'succeeded', verdict: 'GO', playbook: 'prod-50k', host, attempt: 1 });
    expect(after.checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(after.checks.length).toBeGreaterThan(run.checks.length - 2);
    expect(rowsOf(await who.ask(['metrics', run.id, '--source', 'training']))).toEqual(readTrainingFile(who.hostHome()));
    expect(countTrainers(who.hostHome())).toBe(1);
    expect(processesOf(run.id)).toEqual([]);
  });

  it('is rebuilt with the runs that had ended, as they had ended, and a second time adds nothing', async (test) => {
    const who = person(test);
    expect((await who.run(launch)).code).toBe(0);
    expect((await who.run([...launch, '--set', 'steps=0'])).code).toBe(2);
    const before = who.newest();
    loseStore(who);
    const rebuilt = await who.run([...rebuild, '--json']);
    expect(rebuilt.code).toBe(0);
    const { runs } = JSON.parse(rebuilt.stdout) as { runs: RunDocument[] };
    expect(runs.map(({ id }) => id)).toEqual([before.id]);
    expect(summarize(who.newest())).toEqual(summarize(before));
    expect(who.newest().endedAt).toBe(before.endedAt);
    const again = await who.run([...rebuild]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stderr).toContain('0 runs rebuilt, 1 known already');
    expect((await who.run(launch)).code).toBe(0);
  });

  it('that is damaged is set aside and rebuilt, and what lies aside is the damaged one', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '12' });
    const controller = who.start(launch);
    const run = await who.waitForRun('it trains', isTraining);
    controller.kill('SIGKILL');
    await controller.ended;
    const file = join(who.stateDir, 'fleet.db');
    for (const part of ['-wal', '-shm']) rmSync(file + part, { force: true });
    writeFileSync(file, 'this was a database once\n'.repeat(1000));
    const status = await who.run(['status']);
    expect(status.code).toBe(1);
    expect(status.stderr).toContain('fleet resume --rebuild');
    const wrong = await who.run(['resume', '--rebuild', 'no-such-host']);
    expect(wrong.code).toBe(2);
    expect(readFileSync(file, 'utf8')).toContain('this was a database once');

    const rebuilt = await who.run([...rebuild, '--take-over']);
    expect({ code: rebuilt.code, stderr: rebuilt.stderr }).toMatchObject({ code: 0 });
    expect(rebuilt.stderr).toContain('the database could not be used; it lies now in');
    expect(who.newest()).toMatchObject({ id: run.id, state: 'succeeded' });
    const [aside = ''] = readdirSync(who.stateDir).filter((name) => name.startsWith('fleet.db.corrupt-'));
    expect(readFileSync(join(who.stateDir, aside), 'utf8')).toContain('this was a database once');
    expect(countTrainers(who.hostHome())).toBe(1);
  });

  it('before the job was started is rebuilt to a run that starts it once', async (test) => {
    const who = person(test);
    await who.start(launch, killAround('before', "unit_log='\\''training.log")).ended;
    const run = who.newest();
    expect(run.state).toBe('launching');
    loseStore(who);
    expect((await who.run([...rebuild, '--take-over'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ id: run.id, state: 'succeeded' });
    expect(countTrainers(who.hostHome())).toBe(1);
  });

  it('in the middle of a halt is rebuilt to a run that is halted', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '90', PRETEND_FAULT: 'ignore-halt' });
    const controller = who.start(launch);
    const run = await who.waitForRun('it trains', isTraining);
    const halt = who.start(['halt', '--grace', '5s']);
    await who.waitForRun('it is halting', ({ state }) => state === 'halting');
    await who.waitForRun('the host knows', ({ id }) => who.events(id).some((text) => text.startsWith('asked it to stop')));
    controller.kill('SIGKILL');
    await controller.ended;
    await die(who, halt);
    const rebuilt = await who.run([...rebuild, '--take-over']);
    expect(rebuilt.code).toBe(5);
    expect(who.newest()).toMatchObject({ id: run.id, state: 'halted' });
    expect(processesOf(run.id)).toEqual([]);
  });

  it('leaves a record alone that was cut off, and says so', async (test) => {
    const who = person(test);
    expect((await who.run(launch)).code).toBe(0);
    const runs = join(who.hostHome(), '.local/state/fleet/runs');
    const [id = ''] = readdirSync(runs);
    writeFileSync(join(runs, id, 'record'), '{"version":1,"plan":{"vers');
    loseStore(who);
    const rebuilt = await who.run(rebuild);
    expect(rebuilt).toMatchObject({ code: 0 });
    expect(rebuilt.stderr).toContain(`run ${id}: left alone: its record cannot be read`);
    expect(who.runs()).toEqual([]);
  });
});

describe.concurrent('a store that was put back to an earlier time', { timeout: 180_000 }, () => {
  /** Trains, driven by a third controller; the store is as it was when the first one had gone. */
  async function putBack(who: Person) {
    const first = who.start(launch);
    const run = await who.waitForRun('it trains', isTraining);
    first.kill('SIGKILL');
    await first.ended;
    const earlier = join(who.folder, 'earlier');
    cpSync(who.stateDir, earlier, { recursive: true });
    for (let times = 0; times < 2; times++) {
      const next = who.start(['resume']);
      await who.waitForRun('it is driven', ({ controller, observedAt }) => controller?.pid === next.pid && observedAt !== null);
      await who.waitForRun('the host has heard it', () => tokensOf(who, run).length === times + 2);
      next.kill('SIGKILL');
      await next.ended;
    }
    loseStore(who);
    cpSync(earlier, who.stateDir, { recursive: true });
    return run;
  }
  const tokensOf = (who: Person, run: RunDocument) =>
    readdirSync(join(who.hostHome(), '.local/state/fleet/runs', run.id, 'fence'));

  it('is told from one whose run somebody else drives, and goes on when told to', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '30' });
    const run = await putBack(who);
    const refused = await who.run(['resume']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('its host has heard a later controller than this store knows (token 3)');
    expect((await who.run(['resume', run.id, '--take-over'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ id: run.id, state: 'succeeded' });
    expect(rowsOf(await who.ask(['metrics', run.id, '--source', 'training']))).toEqual(readTrainingFile(who.hostHome()));
    expect(countTrainers(who.hostHome())).toBe(1);
  });

  it('halts its runs all the same', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '60' });
    const run = await putBack(who);
    expect((await who.run(['halt', '--force'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ id: run.id, state: 'halted' });
    expect(processesOf(run.id)).toEqual([]);
  });
});
