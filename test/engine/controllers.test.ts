import { hostname, userInfo } from 'node:os';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { firstOf } from '../support/full.ts';
import { killAround } from '../support/gates.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';
import { withClockWrongBy } from '../support/wrong-clock.ts';

const { person } = usePeople();
const launch = ['launch', 'prod-50k', '--host', 'demo-a100x2'];
const isTraining = (run: RunDocument) => run.state === 'running' && (run.progress?.step ?? 0) > 0;

const isValidating = (run: RunDocument) => run.state === 'validating';

/** As if nobody had spoken for the machine's run for a long time. */
function ageClaims(who: Person): void {
  const folder = join(who.hostHome(), '.local/state/fleet/claims');
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split('.')[0]);
  const beats = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.beat'));
  if (beats.length === 0) throw new Error('nobody has claimed the machine');
  for (const beat of beats) writeFileSync(join(folder, beat), `${uptime - 600}\n`);
}

describe.concurrent('two controllers', { timeout: 180_000 }, () => {
  it('never drive one run: the second is told who does, and replaces it only when it says so', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '30' });
    const first = who.start(launch);
    const run = await who.waitForRun('the trainer makes steps', isTraining);

    const refused = await who.run(['resume', run.id]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(userInfo().username);
    expect(refused.stderr).toContain(hostname());
    expect(refused.stderr).toContain(String(first.pid));
    expect(refused.stderr).toContain('--take-over');
    expect(who.newest().controller?.pid).toBe(first.pid);
    const none = await who.run(['resume']);
    expect(none).toMatchObject({ code: 0 });
    expect(none.stdout).toContain('no run is interrupted');

    const second = who.start(['resume', run.id, '--take-over']);
    await who.waitForRun('the second one drives it', ({ controller }) => controller?.pid === second.pid);
    expect(processesOf(run.id).length).toBeGreaterThan(6);
    expect((await second.ended).code).toBe(0);
    expect((await first.ended).code).toBe(0);
    const events = who.events(run.id);
    expect(events.filter((text) => text.startsWith('taken over from'))).toHaveLength(1);
    expect(events.filter((text) => text.startsWith('succeeded'))).toHaveLength(1);
    expect(rowsOf(await who.ask(['metrics', run.id, '--source', 'training']))).toEqual(readTrainingFile(who.hostHome()));
    expect(countTrainers(who.hostHome())).toBe(1);
  });

  for (const holds of [isTraining, isValidating]) {
    it(`of whom one was suspended while it was ${holds === isTraining ? 'running' : 'validating'} and replaced: it wakes up and does nothing more`, async (test) => {
      const who = person(test, { PRETEND_SECONDS: '15' });
      const first = who.start(launch);
      const run = await who.waitForRun('it is there', holds);
      first.kill('SIGSTOP');
      const refused = await who.run(['resume', run.id]);
      expect(refused.code).toBe(1);
      const second = who.start(['resume', run.id, '--take-over']);
      await who.waitForRun('the second one trains', (now) => now.controller?.pid === second.pid && isTraining(now));
      first.kill('SIGCONT');
      expect((await second.ended).code).toBe(0);
      expect((await first.ended).code).toBe(0);
      expect(who.events(run.id).filter((text) => text.startsWith('succeeded'))).toHaveLength(1);
      expect(rowsOf(await who.ask(['metrics', run.id, '--source', 'training']))).toEqual(readTrainingFile(who.hostHome()));
      expect(countTrainers(who.hostHome())).toBe(1);
      expect(who.newest().checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    });
  }

  it('of two people on one machine: one is GO, the other NO-GO and told which run has it', async (test) => {
    const one = person(test, { PRETEND_SECONDS: '8' });
    const two = one.colleague();
    const ended = await Promise.all([one.run(launch), two.run(launch)]);
    expect(ended.map(({ code }) => code).sort()).toEqual([0, 3]);
    const [winner, loser] = ended[0]?.code === 0 ? [one.newest(), two.newest()] : [two.newest(), one.newest()];
    expect(winner).toMatchObject({ state: 'succeeded', verdict: 'GO' });
    expect(loser).toMatchObject({ verdict: 'NO-GO', outcome: { result: 'failed', reason: 'host-busy' }, startedAt: null });
    expect(loser.message).toContain(winner.id);
    expect(loser.checks.filter(({ phase }) => phase !== 'requirements')).toEqual([]);
    expect(countTrainers(one.hostHome())).toBe(1);
  });

  it('of whom one died about to start its job, and another took the machine: it comes back to a NO-GO', async (test) => {
    const one = person(test, { PRETEND_SECONDS: '60' });
    const two = one.colleague();
    await one.start(launch, killAround('before', "unit_log='\\''training.log")).ended;
    expect(one.newest()).toMatchObject({ state: 'launching' });
    ageClaims(one);
    const other = two.start(launch);
    const theirs = await two.waitForRun('the other one trains', isTraining);
    expect((await one.run(['resume'])).code).toBe(3);
    expect(one.newest()).toMatchObject({ verdict: 'NO-GO', outcome: { result: 'failed', reason: 'host-busy' }, startedAt: null });
    expect(one.newest().message).toContain(theirs.id);
    expect(countTrainers(one.hostHome())).toBe(1);
    expect((await two.run(['halt', '--force'])).code).toBe(0);
    expect((await other.ended).code).toBe(5);
  });

  for (const state of ['preparing', 'validating'] as const) {
    it(`of whom one was away while it was ${state}, and another took the machine: it comes back to a NO-GO`, async (test) => {
      const one = person(test, { PRETEND_SECONDS: '60' });
      const two = one.colleague();
      const playbook = one.writeFile(
        'slow.yaml',
        `playbook: slow
workdir: '.'
prepare: [{ action: wait, run: sleep 1 }, { action: change, run: echo changed >>changed }]
validate: [{ check: wait too, run: sleep 1, expected-time: 1m }, { check: look, run: 'true' }]
launch: { run: echo started >>changed, log: job.log }
`,
      );
      const first = one.start(['launch', playbook, '--host', 'demo-a100x2']);
      await one.waitForRun(`it is ${state}`, (run) => run.state === state && run.checks.some(({ result }) => result === null));
      const away = one.newest();
      const unit = join(
        one.hostHome(),
        '.local/state/fleet/runs',
        away.id,
        `a1/w0/${state === 'preparing' ? 'prepare-0' : 'validate-0'}`,
      );
      await waitFor('its command is there', () => existsSync(join(unit, 'pid')));
      first.kill('SIGKILL');
      await first.ended;
      await waitFor(
        'its processes have ended',
        () => existsSync(join(unit, 'exit')) && processesOf(away.id).length === 0,
        60_000,
      );
      ageClaims(one);

      const other = two.start(launch);
      const theirs = await two.waitForRun('the other one trains', isTraining);
      const resumed = await one.run(['resume']);
      expect(resumed.code).toBe(3);
      expect(one.newest()).toMatchObject({ verdict: 'NO-GO', outcome: { result: 'failed' }, startedAt: null });
      expect(one.newest().message).toContain(theirs.id);
      expect(processesOf(away.id)).toEqual([]);
      expect(processesOf(theirs.id).length).toBeGreaterThan(6);
      expect(two.newest().state).toBe('running');
      expect((await two.run(['halt', '--force'])).code).toBe(0);
      expect((await other.ended).code).toBe(5);
    });
  }

  for (const hours of firstOf([-5, 5], 1)) {
    it(`agree who drives a run when the clock of one is wrong by ${hours} hours`, async (test) => {
      const who = person(test, { PRETEND_SECONDS: '25' });
      const first = who.start(launch);
      const run = await who.waitForRun('the trainer makes steps', isTraining);
      const refused = await who.run(['resume', run.id], withClockWrongBy(hours));
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain(`(pid ${first.pid}) drives it since`);
      first.kill('SIGKILL');
      await first.ended;
      const second = who.start(['resume'], withClockWrongBy(hours));
      await who.waitForRun('the second one drives it', ({ controller }) => controller?.pid === second.pid);
      expect((await who.run(['resume', run.id])).code).toBe(1);
      expect((await second.ended).code).toBe(0);
      const ended = who.newest();
      expect(ended).toMatchObject({ state: 'succeeded', outcome: { exitCode: 0 } });
      expect(ended.cost?.spent ?? 0).toBeGreaterThanOrEqual(0);
      expect((await who.run(['status', run.id])).stdout).not.toMatch(/-\d+[a-z]* ago|-\d+\.\d+ [A-Z]{3}/);
      expect(rowsOf(await who.ask(['metrics', run.id, '--source', 'training']))).toEqual(readTrainingFile(who.hostHome()));
    });
  }
});
