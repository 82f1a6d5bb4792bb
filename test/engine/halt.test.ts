import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { readProc, readStat, waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { countTrainers, outDir, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

const { person } = usePeople();
const launch = ['launch', 'prod-50k', '--host', 'demo-a100x2'];
const isTraining = (run: RunDocument) => run.state === 'running' && (run.progress?.step ?? 0) > 0;
/** Longer than any of these tests. */
const long = { PRETEND_SECONDS: '90' };

async function startTraining(who: Person, env: Record<string, string> = {}) {
  const playbook = who.changePlaybook({ '[TERM, 60s, KILL]': '[TERM, 1s, KILL]' });
  const controller = who.start(['launch', playbook, '--host', 'demo-a100x2'], { ...long, ...env });
  const run = await who.waitForRun('the trainer makes steps', isTraining);
  return { controller, run };
}

describe.concurrent('a halt from a second terminal', { timeout: 120_000 }, () => {
  it('ends and proves gone a trainer that heeds neither sentinel nor TERM, with ranks in sessions of their own and loaders', async (test) => {
    const who = person(test);
    const { controller, run } = await startTraining(who, { PRETEND_FAULT: 'ignore-halt' });
    const before = processesOf(run.id);
    const sessions = new Set(before.map((pid) => readStat(pid)?.session));
    expect(sessions.size).toBeGreaterThanOrEqual(3);
    expect(before.filter((pid) => readProc(pid, 'cmdline').includes('spawn_main'))).toHaveLength(4);

    const halt = await who.run(['halt', '--grace', '1s', '--json']);
    expect(processesOf(run.id)).toEqual([]);
    expect(halt.code).toBe(0);
    expect(JSON.parse(halt.stdout)).toMatchObject({ runs: [{ id: run.id, state: 'halted', outcome: { result: 'halted' } }] });
    const moves = who.events(run.id).join('\n');
    expect(moves).toMatch(/\.HALT[^]*sent TERM[^]*sent KILL[^]*no process of the run is left/);

    const ended = await controller.ended;
    expect(ended.code).toBe(5);
    expect(existsSync(join(who.hostHome(), outDir, '.HALT'))).toBe(true);
    const next = await who.ask(launch, { PRETEND_SECONDS: '3' });
    expect(next).toMatchObject({ runs: [{ state: 'succeeded' }] });
    expect(existsSync(join(who.hostHome(), outDir, '.HALT'))).toBe(false);
    const archive = join(who.hostHome(), outDir, '.fleet-archive', who.newest().id);
    expect(readdirSync(archive)).toEqual(expect.arrayContaining(['.HALT', 'training.csv']));
  });

  it('is acknowledged by a trainer that heeds the sentinel, which then needs no signal', async (test) => {
    const who = person(test);
    const { controller, run } = await startTraining(who);
    expect((await who.run(['halt', run.id])).code).toBe(0);
    expect(processesOf(run.id)).toEqual([]);
    expect(who.newest()).toMatchObject({ state: 'halted', outcome: { result: 'halted', exitCode: 0 } });
    const moves = who.events(run.id).join('\n');
    expect(moves).toContain('it stopped by itself');
    expect(moves).not.toContain('sent TERM');
    expect((await controller.ended).code).toBe(5);
    expect(rowsOf(await who.ask(['metrics', run.id, '--source', 'training']))).toEqual(readTrainingFile(who.hostHome()));
  });

  it('asks nothing with --force', async (test) => {
    const who = person(test);
    const { controller, run } = await startTraining(who);
    expect((await who.run(['halt', run.id, '--force'])).code).toBe(0);
    expect(processesOf(run.id)).toEqual([]);
    expect(existsSync(join(who.hostHome(), outDir, '.HALT'))).toBe(false);
    expect(who.newest()).toMatchObject({ state: 'halted', outcome: { result: 'halted', exitCode: 137 } });
    expect((await controller.ended).code).toBe(5);
  });

  it('works while nobody drives the run, and again when it is over', async (test) => {
    const who = person(test);
    const { controller, run } = await startTraining(who);
    controller.kill('SIGKILL');
    await controller.ended;
    expect((await who.run(['halt', '--grace', '2s'])).code).toBe(0);
    expect(processesOf(run.id)).toEqual([]);
    expect(who.newest().state).toBe('halted');
    expect((await who.run(['halt', run.id])).code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'halted', outcome: { result: 'halted' } });
    const none = await who.run(['halt']);
    expect(none).toMatchObject({ code: 0 });
    expect(none.stdout).toContain('no run is active');
  });

  it('may be asked for a second time, with force, while the first one waits', async (test) => {
    const who = person(test);
    const { controller, run } = await startTraining(who, { PRETEND_FAULT: 'ignore-halt' });
    const patient = who.start(['halt', '--grace', '10m']);
    await who.waitForRun('it is halting', ({ state }) => state === 'halting');
    expect((await who.run(['halt', '--force'])).code).toBe(0);
    expect(processesOf(run.id)).toEqual([]);
    expect((await patient.ended).code).toBe(0);
    expect((await controller.ended).code).toBe(5);
    expect(who.newest().state).toBe('halted');
  });

  it('that is itself killed is finished by another, or by a resume', async (test) => {
    const who = person(test);
    const { controller, run } = await startTraining(who, { PRETEND_FAULT: 'ignore-halt' });
    const halt = who.start(['halt', '--grace', '2s']);
    await who.waitForRun('it is halting', ({ state }) => state === 'halting');
    halt.kill('SIGKILL');
    await halt.ended;
    expect((await who.run(['resume', run.id])).code).toBe(5);
    expect(processesOf(run.id)).toEqual([]);
    expect(who.newest()).toMatchObject({ state: 'halted', outcome: { result: 'halted' } });
    expect((await controller.ended).code).toBe(5);
  });
});

const slowPrepare = `playbook: slow-prepare
workdir: '.'
prepare:
  - action: take long
    run: echo began >>took; sleep 300 & sleep 300; echo ended >>took
launch: { run: 'sleep 300', log: job.log }
`;

const sleeper = `playbook: sleeper
workdir: '.'
launch: { run: 'sleep 300', log: job.log, halt: { then: [TERM, 2s, KILL] } }
`;

const twoHosts = `hosts:
  one: { embedded: a100x2 }
  two: { embedded: a100x2 }
`;

describe.concurrent('a halt', { timeout: 120_000 }, () => {
  it('of a run that still prepares ends its command too, and leaves a cancelled run and a free machine', async (test) => {
    const who = person(test);
    const playbook = who.writeFile('slow-prepare.yaml', slowPrepare);
    const controller = who.start(['launch', playbook, '--host', 'demo-a100x2']);
    const took = join(who.hostHome(), 'took');
    await waitFor('it has begun', () => existsSync(took), 60_000);
    const run = who.newest();
    expect(processesOf(run.id).length).toBeGreaterThan(1);
    expect((await who.run(['halt'])).code).toBe(0);
    expect(processesOf(run.id)).toEqual([]);
    expect(who.newest()).toMatchObject({ state: 'cancelled', startedAt: null, outcome: { result: 'cancelled' } });
    expect((await controller.ended).code).toBe(5);
    expect(await who.ask(launch)).toMatchObject({ runs: [{ state: 'succeeded' }] });
    expect(countTrainers(who.hostHome())).toBe(1);
  });

  it('alone lists several active runs and exits with 2; --all halts them', async (test) => {
    const who = person(test);
    const inventory = who.writeFile('inventory.yaml', twoHosts);
    const playbook = who.writeFile('sleeper.yaml', sleeper);
    const started = await who.run(['launch', playbook, '--host', 'one,two', '--inventory', inventory, '--detach', '--json']);
    expect(started.code).toBe(0);
    const runs = who.runs();
    expect(runs.map(({ host, state }) => `${host} ${state}`).sort()).toEqual(['one running', 'two running']);

    const alone = await who.run(['halt']);
    expect(alone.code).toBe(2);
    for (const { id } of runs) expect(alone.stderr).toContain(`fleet halt ${id}`);
    expect(who.runs().map(({ state }) => state)).toEqual(['running', 'running']);

    const all = await who.run(['halt', '--all', '--json']);
    expect(all.code).toBe(0);
    expect(runs.flatMap(({ id }) => processesOf(id))).toEqual([]);
    expect(who.runs().map(({ state }) => state)).toEqual(['halted', 'halted']);
  });

  it('with nothing active says so, and is done', async (test) => {
    const none = await person(test).run(['halt']);
    expect(none.code).toBe(0);
    expect(none.stdout).toContain('no run is active');
  });
});
