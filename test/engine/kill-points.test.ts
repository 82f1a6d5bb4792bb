import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { countKillPoints, killAround, killAt, samplePoints } from '../support/kill-points.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

/** Every so-many-th point of a launch; 1 is all of them, which takes hours. */
const usually = 41;
const every = Number(process.env['FLEET_TEST_KILL_EVERY'] ?? usually);
const lanes = 3;
const limitMs = every === usually ? 300_000 : 6 * 3_600_000;

const { person } = usePeople();
const launch = ['launch', 'prod-50k', '--host', 'demo-a100x2'];
/** How questions begin, apart from the host script itself; a quote inside a quoted script looks so. */
const q = "'\\''";
const startOfJob = `unit_log=${q}training.log`;
const claim = `claim_host ${q}`;
const askForHalt = `request_halt ${q}`;
const tidy = `tidy ${q}`;

/** The accelerators are sampled by a controller alone: a short run that had none for most of its time has nothing to judge. */
const isUnsampled = ({ name, verdict }: RunDocument['criteria'][number]) => name === 'memory' && verdict === 'inconclusive';

/** All that must not depend on how often the controller died. */
async function summarize(who: Person, run: RunDocument) {
  const rows = rowsOf(await who.ask(['metrics', run.id, '--source', 'training']));
  return {
    outcome: run.outcome,
    verdict: run.verdict,
    step: run.progress?.step,
    checks: run.checks.map(({ phase, name, result }) => `${phase} ${name}: ${result}`),
    criteria: run.criteria.map((each) => `${each.name}: ${isUnsampled(each) ? 'met' : each.verdict}`),
    rows: rows.length,
    rowsAreThoseOfTheFile: JSON.stringify(rows) === JSON.stringify(readTrainingFile(who.hostHome())),
    trainers: countTrainers(who.hostHome()),
    left: processesOf(run.id).length,
    environmentLeft: existsSync(join(who.hostHome(), '.local/state/fleet/runs', run.id, 'a1/w0/env')),
    claimLeft: isClaimed(who),
  };
}

function isClaimed(who: Person): boolean {
  const claims = join(who.hostHome(), '.local/state/fleet/claims');
  return existsSync(claims) && readdirSync(claims, { recursive: true, encoding: 'utf8' }).some((file) => file.endsWith('.beat'));
}

/** Launches and dies at `point`; resumes and dies again; resumes. Null: it died before there was a run, or not at all. */
async function dieAndResume(who: Person, point: number) {
  const before = who.runs().length;
  const { signal } = await who.start(launch, killAt(point)).ended;
  if (signal === null || who.runs().length === before) return null;
  await who.run(['resume'], killAt(1 + ((point * 13) % 120)));
  const resumed = await who.run(['resume']);
  return { resumed: resumed.code, stderr: resumed.code === 0 ? '' : resumed.stderr, ...(await summarize(who, who.newest())) };
}

describe('a controller that is killed at any point of a launch, and again at any point of a resume', () => {
  it('leaves a run that a resume ends as if nothing had happened, with one trainer', { timeout: limitMs }, async (test) => {
    const env = { PRETEND_SECONDS: '3' };
    const first = person(test, env);
    const counting = countKillPoints(join(first.folder, 'points'));
    expect((await first.run(launch, counting.env)).code).toBe(0);
    const undisturbed = { resumed: 0, stderr: '', ...(await summarize(first, first.newest())) };
    expect(undisturbed).toMatchObject({
      trainers: 1,
      left: 0,
      rowsAreThoseOfTheFile: true,
      environmentLeft: false,
      claimLeft: false,
    });

    const points = samplePoints(counting.read(), every);
    const different: Record<number, unknown> = {};
    let died = 0;
    const work = async (who: Person) => {
      for (let point = points.shift(); point !== undefined; point = points.shift()) {
        const answer = await dieAndResume(who, point);
        if (answer === null) continue;
        died += 1;
        if (JSON.stringify(answer) !== JSON.stringify(undisturbed)) different[point] = answer;
      }
    };
    await Promise.all(Array.from({ length: lanes }, () => work(person(test, env))));
    expect(different).toEqual({});
    expect(died).toBeGreaterThan(6);
  });
});

describe.concurrent('a controller that is killed', { timeout: 180_000 }, () => {
  for (const moment of ['before', 'after'] as const) {
    it(`${moment} the host was told to start the job leaves one trainer, whoever comes back`, async (test) => {
      const who = person(test);
      expect((await who.start(launch, killAround(moment, startOfJob)).ended).signal).toBe('SIGKILL');
      const run = who.newest();
      expect(run).toMatchObject({ state: 'launching', startedAt: null });
      expect(processesOf(run.id).length > 0).toBe(moment === 'after');
      expect((await who.run(['resume'])).code).toBe(0);
      expect(await summarize(who, who.newest())).toMatchObject({ trainers: 1, left: 0, rowsAreThoseOfTheFile: true });
    });
  }

  it('when the job had started unheard is halted like any other', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '90' });
    await who.start(launch, killAround('after', startOfJob)).ended;
    const run = who.newest();
    expect(processesOf(run.id).length).toBeGreaterThan(0);
    expect((await who.run(['halt', '--grace', '3s'])).code).toBe(0);
    expect(processesOf(run.id)).toEqual([]);
    expect(who.newest()).toMatchObject({ state: 'halted', outcome: { result: 'halted' } });
    expect(isClaimed(who)).toBe(false);
  });

  it('when it had just taken the machine gives it back at a halt', async (test) => {
    const who = person(test);
    expect((await who.start(launch, killAround('after', claim)).ended).signal).toBe('SIGKILL');
    expect(who.newest().state).toBe('queued');
    expect(isClaimed(who)).toBe(true);
    expect((await who.run(['halt'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'cancelled', startedAt: null });
    expect(isClaimed(who)).toBe(false);
  });

  it('while it halts leaves the rest to the next halt', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '90', PRETEND_FAULT: 'ignore-halt' });
    const playbook = who.changePlaybook({ '[TERM, 60s, KILL]': '[TERM, 1s, KILL]' });
    expect((await who.run(['launch', playbook, '--host', 'demo-a100x2', '--detach'])).code).toBe(0);
    const run = who.newest();
    for (const env of [killAround('before', askForHalt), killAround('after', askForHalt), killAround('after', tidy)]) {
      expect((await who.start(['halt', '--grace', '1s'], env).ended).signal).toBe('SIGKILL');
      expect(who.newest().state).toBe('halting');
    }
    await waitFor('the guard carries it out with nobody there', () => processesOf(run.id).length === 0, 60_000);
    expect((await who.run(['halt'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'halted', outcome: { result: 'halted' } });
    expect(isClaimed(who)).toBe(false);
  });
});
