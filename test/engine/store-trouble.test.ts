import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, type TestContext } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { waitFor } from '../support/local-host.ts';
import { canMount } from '../support/mounting.ts';
import { usePeople, type Person, type Started } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

const { person } = usePeople();
const launch = ['launch', 'prod-50k', '--host', 'demo-a100x2'];
const isTraining = (run: RunDocument) => run.state === 'running' && (run.progress?.step ?? 0) > 0;
const stopped = 'the run goes on, and fleet waits until it can store again';
const again = 'the store can be written to again';

/** Somebody whose state folder is a small disk of its own. */
function onSmallDisk(test: TestContext, env: Record<string, string>) {
  const who = person(test, env);
  mkdirSync(who.stateDir, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=700', 'fleet-test', who.stateDir]);
  test.onTestFinished(() => {
    execFileSync('umount', ['-l', who.stateDir]);
  });
  const ballast = join(who.stateDir, 'ballast');
  return {
    who,
    fill: () => void execFileSync('sh', ['-c', `cat /dev/zero >'${ballast}' 2>/dev/null || :`]),
    makeRoom: () => rmSync(ballast),
  };
}

async function waitToHear(started: Started, words: string): Promise<void> {
  await waitFor(`it says "${words}"`, () => started.said().stderr.includes(words), 60_000);
}

/** What must be the same whether or not the store could be written to all the time. */
function summarize(run: RunDocument) {
  return {
    outcome: run.outcome,
    verdict: run.verdict,
    checks: run.checks.map(({ phase, name, result }) => `${phase} ${name}: ${result}`),
    criteria: run.criteria.map(({ name, verdict }) => `${name}: ${verdict}`),
    step: run.progress?.step,
  };
}

function readStateChanges(who: Person, run: string): string[] {
  const changes = who
    .events(run)
    .filter((text) => /^(preparing|validating|launching|running|the job ended|succeeded)/.test(text));
  return changes.map((text) => text.replace(/pid \d+/, 'pid'));
}

async function expectUndisturbed(test: TestContext, who: Person): Promise<void> {
  const undisturbed = person(test, { PRETEND_SECONDS: '3' });
  expect((await undisturbed.run(launch)).code).toBe(0);
  const [run, other] = [who.newest(), undisturbed.newest()];
  expect(summarize(run)).toEqual(summarize(other));
  const rows = rowsOf(await who.ask(['metrics', run.id, '--source', 'training']));
  expect(rows).toEqual(readTrainingFile(who.hostHome()));
  expect(rows).toEqual(rowsOf(await undisturbed.ask(['metrics', other.id, '--source', 'training'])));
  expect(readStateChanges(who, run.id)).toEqual(readStateChanges(undisturbed, other.id));
  const checkpoints = who.events(run.id).filter((text) => text.startsWith('checkpoint'));
  expect(new Set(checkpoints).size).toBe(checkpoints.length);
  expect(countTrainers(who.hostHome())).toBe(1);
}

describe.runIf(canMount()).concurrent('a state folder whose disk is full (needs root)', { timeout: 180_000 }, () => {
  it('in the middle of a run: the run goes on, it is told, and nothing is lost', async (test) => {
    const { who, fill, makeRoom } = onSmallDisk(test, { PRETEND_SECONDS: '30' });
    const controller = who.start(launch);
    const run = await who.waitForRun('the trainer makes steps', isTraining);
    fill();
    await waitToHear(controller, stopped);
    expect(controller.said().stderr).toContain('make room on the disk');
    const written = readTrainingFile(who.hostHome()).length;
    await waitFor('the job goes on', () => readTrainingFile(who.hostHome()).length > written + 3);

    const [status, halt, document] = await Promise.all([who.run(['status']), who.run(['halt']), who.ask(['status', run.id])]);
    expect(status.code).toBe(0);
    expect(status.stdout).toContain(`the disk of the state folder "${who.stateDir}" is full`);
    expect(status.stdout).toContain(run.id);
    expect(document).toMatchObject({ runs: [{ id: run.id, state: 'running' }], stateDisk: { folder: who.stateDir, full: true } });

    expect(halt.code).toBe(1);
    expect(halt.stderr).toContain(`run ${run.id}: the wish to halt it cannot be stored, and nothing was changed`);
    expect(halt.stderr).toContain('make room on the disk');
    expect(halt.stderr).toContain(`then: fleet halt ${run.id}`);
    expect(who.newest()).toMatchObject({ state: 'running' });
    expect(processesOf(run.id).length).toBeGreaterThan(6);

    makeRoom();
    await waitToHear(controller, again);
    expect((await controller.ended).code).toBe(0);
    expect(await who.ask(['status'])).toMatchObject({ stateDisk: { full: false } });
    await expectUndisturbed(test, who);
  });

  it('until after the job has ended: it is verified once there is room, and with --json too the trouble is told', async (test) => {
    const { who, fill, makeRoom } = onSmallDisk(test, { PRETEND_SECONDS: '5' });
    const controller = who.start([...launch, '--json']);
    const run = await who.waitForRun('the trainer makes steps', isTraining);
    fill();
    await waitToHear(controller, stopped);
    await waitFor('its processes have ended', () => processesOf(run.id).length === 0, 60_000);
    expect(who.newest()).toMatchObject({ state: 'running', outcome: null });
    makeRoom();
    const ended = await controller.ended;
    expect(ended.code).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ runs: [{ id: run.id, state: 'succeeded' }] });
    expect(ended.stderr).toContain(again);
    await expectUndisturbed(test, who);
  });

  it('while it is halting: the halt is carried out, and its end stored once there is room', async (test) => {
    const { who, fill, makeRoom } = onSmallDisk(test, { PRETEND_SECONDS: '60', PRETEND_FAULT: 'ignore-halt' });
    const controller = who.start(launch);
    const run = await who.waitForRun('the trainer makes steps', isTraining);
    const halt = who.start(['halt', '--grace', '2s']);
    await who.waitForRun('it is halting', ({ state }) => state === 'halting');
    fill();
    await waitToHear(halt, stopped);
    await waitFor('its processes have ended', () => processesOf(run.id).length === 0, 60_000);
    expect(who.newest().state).toBe('halting');
    makeRoom();
    expect((await halt.ended).code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'halted', outcome: { result: 'halted' } });
    expect((await controller.ended).code).toBe(5);
  });

  it('lets a person leave, look and come back, and refuses what cannot be stored', async (test) => {
    const { who, fill, makeRoom } = onSmallDisk(test, { PRETEND_SECONDS: '8' });
    const controller = who.start(launch);
    const run = await who.waitForRun('the trainer makes steps', isTraining);
    fill();
    await waitToHear(controller, stopped);
    controller.kill('SIGINT');
    const left = await controller.ended;
    expect(left.code).toBe(130);
    expect(left.stderr.trimEnd().split('\n').at(-1)).toContain(`fleet resume ${run.id}`);
    // Nobody has the store open any more: not even the index that SQLite looks things up by can be made.
    rmSync(join(who.stateDir, 'fleet.db-shm'), { force: true });
    const [status, resume, halt, second] = await Promise.all(
      [['status', run.id], ['resume'], ['halt'], launch].map((words) => who.run(words)),
    );
    expect(status).toMatchObject({ code: 0 });
    expect(status?.stdout).toContain('is full');
    expect(status?.stdout).toContain(`fleet resume ${run.id}`);
    for (const refused of [resume, halt, second]) {
      expect(refused?.code).toBe(1);
      expect(refused?.stderr).toContain('make room on the disk');
    }
    makeRoom();
    expect(who.runs()).toHaveLength(1);
    expect((await who.run(['resume'])).code).toBe(0);
    await expectUndisturbed(test, who);
  });
});

describe('a halt', { timeout: 180_000 }, () => {
  it('whose wish cannot be stored replaces nobody', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '20' });
    const controller = who.start(launch);
    const run = await who.waitForRun('the trainer makes steps', isTraining);
    const database = new Database(join(who.stateDir, 'fleet.db'));
    database.exec(
      `CREATE TRIGGER no BEFORE UPDATE OF state ON runs WHEN new.state = 'halting' BEGIN SELECT raise(ABORT, 'no'); END`,
    );
    const halt = await who.run(['halt']);
    expect(halt.code).toBe(1);
    expect(who.newest()).toMatchObject({ id: run.id, state: 'running', controller: { pid: controller.pid } });
    database.exec('DROP TRIGGER no');
    database.close();
    expect((await controller.ended).code).toBe(0);
    expect(who.newest().state).toBe('succeeded');
  });
});

describe('a store that another program keeps locked for longer than it is waited for', { timeout: 180_000 }, () => {
  it('does not disturb a run', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '6' });
    const controller = who.start(launch);
    await who.waitForRun('the trainer makes steps', isTraining);
    const other = new Database(join(who.stateDir, 'fleet.db'));
    try {
      other.exec('BEGIN IMMEDIATE');
      await waitToHear(controller, stopped);
      expect(controller.said().stderr).toContain('locked by another program');
      expect((await who.run(['status'])).code).toBe(0);
    } finally {
      other.close();
    }
    expect((await controller.ended).code).toBe(0);
    expect(controller.said().stderr).toContain(again);
    await expectUndisturbed(test, who);
  });
});
