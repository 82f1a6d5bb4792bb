import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { killAround } from '../support/gates.ts';
import { usePeople, type Person } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

const { person } = usePeople();
const launch = ['launch', 'prod-50k', '--host', 'demo-a100x2'];

/** A start that was claimed on the host, by a process that went down with it before the job had one. */
async function leaveClaimedStart(who: Person) {
  await who.start(launch, killAround('before', "unit_log='\\''training.log")).ended;
  const run = who.newest();
  const folder = join(who.hostHome(), '.local/state/fleet');
  const { incarnation } = readIncarnation(join(folder, 'runs', run.id));
  const unit = join(folder, 'runs', run.id, 'a1/w0/job');
  mkdirSync(unit);
  writeFileSync(join(unit, 'claim'), `4194304 1\n${incarnation}\n`);
  return run;
}

/** Of a unit that the same machine has run before. */
function readIncarnation(runFolder: string): { incarnation: string } {
  return { incarnation: readFileSync(join(runFolder, 'a1/w0/validate-3/incarnation'), 'utf8').trim() };
}

describe.concurrent('a start that was claimed on the host, of which no process is known', { timeout: 180_000 }, () => {
  it('is asked about, is not repeated by itself, and is repeated once when a person says that it had not begun', async (test) => {
    const who = person(test);
    const run = await leaveClaimedStart(who);
    const blocked = await who.run(['resume']);
    expect(blocked.code).toBe(3);
    expect(who.newest()).toMatchObject({ state: 'blocked', outcome: null });
    for (const words of [`fleet resume ${run.id} --answer started=no`, `--answer started=yes`, `fleet halt ${run.id}`]) {
      expect(blocked.stderr + blocked.stdout).toContain(words);
      expect((await who.run(['status', run.id])).stdout).toContain(words);
    }
    expect((await who.run(['resume', run.id])).code).toBe(3);
    expect((await who.run(['resume'])).stdout).toContain('no run is interrupted');
    expect(countTrainers(who.hostHome())).toBe(0);

    const again = await who.run(['resume', run.id, '--answer', 'started=no']);
    expect(again.code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(countTrainers(who.hostHome())).toBe(1);
    expect(processesOf(run.id)).toEqual([]);
    expect(rowsOf(await who.ask(['metrics', run.id, '--source', 'training']))).toEqual(readTrainingFile(who.hostHome()));
    expect(who.events(run.id).some((text) => /says that the job had not begun: it is started as attempt 2/.test(text))).toBe(
      true,
    );
  });

  it('is lost when a person says that it had begun', async (test) => {
    const who = person(test);
    const run = await leaveClaimedStart(who);
    expect((await who.run(['resume'])).code).toBe(3);
    expect((await who.run(['resume', run.id, '--answer', 'started=yes'])).code).toBe(3);
    expect(who.newest()).toMatchObject({ state: 'lost', outcome: { result: 'lost', reason: 'start-unproved' } });
    expect(countTrainers(who.hostHome())).toBe(0);
    const next = await who.run(launch);
    expect(next.code).toBe(0);
  });

  it('takes no other answer, and none is taken by a run that asks nothing', async (test) => {
    const who = person(test);
    const run = await leaveClaimedStart(who);
    const early = await who.run(['resume', run.id, '--answer', 'started=no']);
    expect(early).toMatchObject({ code: 2 });
    expect(early.stderr).toContain('it asks nothing');
    expect((await who.run(['resume'])).code).toBe(3);
    for (const answer of ['started=maybe', 'begun=yes', 'started']) {
      expect((await who.run(['resume', run.id, '--answer', answer])).code).toBe(2);
    }
    expect((await who.run(['resume', '--answer', 'started=no'])).code).toBe(2);
    expect(who.newest()).toMatchObject({ state: 'blocked' });
  });
});
