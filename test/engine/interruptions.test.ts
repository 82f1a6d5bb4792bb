import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { waitFor } from '../support/local-host.ts';
import { firstOf } from '../support/full.ts';
import { usePeople, type Person } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

const { person } = usePeople();
const launch = ['launch', 'prod-50k', '--host', 'demo-a100x2'];
const isTraining = (run: RunDocument) => run.state === 'running' && (run.progress?.step ?? 0) > 0;
const isPreparing = (run: RunDocument) => run.state === 'validating' || run.state === 'preparing';

/** What must be the same however often the controller went away. */
function summarize(run: RunDocument) {
  return {
    outcome: run.outcome,
    verdict: run.verdict,
    checks: run.checks.map(({ phase, name, result }) => `${phase} ${name}: ${result}`),
    criteria: run.criteria.map(({ name, verdict }) => `${name}: ${verdict}`),
  };
}

async function readRows(who: Person, run: RunDocument) {
  return rowsOf(await who.ask(['metrics', run.id, '--source', 'training']));
}

describe.concurrent('a controller that goes away', { timeout: 120_000 }, () => {
  it('is replaced at once after kill -9, by a resume that ends as an undisturbed run does', async (test) => {
    const undisturbed = person(test);
    const who = person(test, { PRETEND_SECONDS: '6' });
    const controller = who.start(launch);
    await who.waitForRun('the trainer makes steps', isTraining);
    controller.kill('SIGKILL');
    await controller.ended;

    const left = who.newest();
    expect(left).toMatchObject({ state: 'running', controller: null, driven: false });
    expect(processesOf(left.id).length).toBeGreaterThan(6);
    expect(await who.ask(['status'])).toMatchObject({ runs: [{ id: left.id, state: 'running', controller: null }] });
    expect((await who.run(['status'])).stdout).toContain(`fleet resume ${left.id}`);

    const begin = performance.now();
    const resumed = who.start(['resume']);
    await who.waitForRun('somebody drives it again', (run) => run.controller?.pid === resumed.pid, 5_000);
    expect(performance.now() - begin).toBeLessThan(5_000);
    expect((await resumed.ended).code).toBe(0);

    expect((await undisturbed.run(launch)).code).toBe(0);
    const run = who.newest();
    expect(summarize(run)).toEqual(summarize(undisturbed.newest()));
    expect(await readRows(who, run)).toEqual(readTrainingFile(who.hostHome()));
    expect(await readRows(who, run)).toEqual(await readRows(undisturbed, undisturbed.newest()));
    expect(countTrainers(who.hostHome())).toBe(1);
  });

  it('finds the end of a job that finished while nobody was there', async (test) => {
    const who = person(test);
    const controller = who.start(launch);
    const run = await who.waitForRun('the trainer makes steps', isTraining);
    controller.kill('SIGKILL');
    await controller.ended;
    await waitFor('its processes have ended', () => processesOf(run.id).length === 0, 60_000);
    const resumed = await who.run(['resume', run.id.slice(0, 6)]);
    expect(resumed.code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'succeeded', outcome: { exitCode: 0 } });
    expect(await readRows(who, run)).toEqual(readTrainingFile(who.hostHome()));
    expect(countTrainers(who.hostHome())).toBe(1);
  });

  for (const signal of firstOf(['SIGINT', 'SIGTERM', 'SIGHUP'] as const, 2)) {
    it(`leaves the job alone on ${signal}, and says last how to come back and how to halt`, async (test) => {
      const who = person(test, { PRETEND_SECONDS: '5' });
      const controller = who.start(launch);
      const run = await who.waitForRun('the trainer makes steps', isTraining);
      controller.kill(signal);
      const ended = await controller.ended;
      expect(ended).toMatchObject({ code: 130, signal: null });
      const lastLine = ended.stderr.trimEnd().split('\n').at(-1);
      expect(lastLine).toContain(`fleet resume ${run.id}`);
      expect(lastLine).toContain(`fleet halt ${run.id}`);
      expect(who.newest()).toMatchObject({ state: 'running', controller: null });
      expect(processesOf(run.id).length).toBeGreaterThan(6);
      expect((await who.run(['resume'])).code).toBe(0);
      expect(countTrainers(who.hostHome())).toBe(1);
    });

    it(`cancels the run on ${signal} before its job has started, and leaves the machine free`, async (test) => {
      const who = person(test);
      const controller = who.start(launch);
      const run = await who.waitForRun('it prepares', isPreparing);
      controller.kill(signal);
      const ended = await controller.ended;
      expect(ended).toMatchObject({ code: 130, signal: null });
      expect(who.newest()).toMatchObject({ state: 'cancelled', startedAt: null, verdict: null });
      expect(processesOf(run.id)).toEqual([]);
      expect(countTrainers(who.hostHome())).toBe(0);
      expect(await who.ask(launch)).toMatchObject({ runs: [{ state: 'succeeded' }] });
    });
  }

  it('may leave by itself with --detach once the job runs, and says that nobody watches', async (test) => {
    const who = person(test);
    const ended = await who.run([...launch, '--detach']);
    const run = who.newest();
    expect(ended.code).toBe(0);
    expect(run).toMatchObject({ state: 'running', controller: null });
    expect(ended.stderr).toContain(`nobody drives it; to come back: fleet resume ${run.id}`);
    expect((await who.run(['resume'])).code).toBe(0);
    expect(await readRows(who, run)).toEqual(readTrainingFile(who.hostHome()));
    expect(countTrainers(who.hostHome())).toBe(1);
  });
});

describe.concurrent('a resume', () => {
  it('of nothing says so, and is done', async (test) => {
    const ended = await person(test).run(['resume']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('no run is interrupted');
  });
});
