import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { countKillPoints, killAt, samplePoints } from '../support/kill-points.ts';
import { usePeople, type Person } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

/** Every so-many-th point of a launch; 1 is all of them, which takes hours. */
const every = Number(process.env['FLEET_TEST_KILL_EVERY'] ?? 37);
const lanes = 3;
const limitMs = every === 37 ? 240_000 : 4 * 3_600_000;

const { person } = usePeople();
const launch = ['launch', 'prod-50k', '--host', 'demo-a100x2'];

/** All that must not depend on how often the controller died. */
async function summarize(who: Person, run: RunDocument) {
  const rows = rowsOf(await who.ask(['metrics', run.id, '--source', 'training']));
  return {
    outcome: run.outcome,
    verdict: run.verdict,
    step: run.progress?.step,
    checks: run.checks.map(({ phase, name, result }) => `${phase} ${name}: ${result}`),
    criteria: run.criteria.map(({ name, verdict }) => `${name}: ${verdict}`),
    rows: rows.length,
    rowsAreThoseOfTheFile: JSON.stringify(rows) === JSON.stringify(readTrainingFile(who.hostHome())),
    trainers: countTrainers(who.hostHome()),
    left: processesOf(run.id).length,
    environmentLeft: existsSync(join(who.hostHome(), '.local/state/fleet/runs', run.id, 'a1/w0/env')),
  };
}

/** Launches, dies at `point`, and resumes. Null: it died before there was a run, or not at all. */
async function dieAndResume(who: Person, point: number) {
  const before = who.runs().length;
  const { signal } = await who.start(launch, killAt(point)).ended;
  if (signal === null || who.runs().length === before) return null;
  const resumed = await who.run(['resume']);
  return { resumed: resumed.code, stderr: resumed.code === 0 ? '' : resumed.stderr, ...(await summarize(who, who.newest())) };
}

describe('a controller that is killed at any point of a launch', () => {
  it('leaves a run that a resume ends as if nothing had happened, with one trainer', { timeout: limitMs }, async (test) => {
    const env = { PRETEND_SECONDS: '4' };
    const first = person(test, env);
    const counting = countKillPoints(join(first.folder, 'points'));
    expect((await first.run(launch, counting.env)).code).toBe(0);
    const undisturbed = { resumed: 0, stderr: '', ...(await summarize(first, first.newest())) };
    expect(undisturbed).toMatchObject({ trainers: 1, left: 0, rowsAreThoseOfTheFile: true, environmentLeft: false });

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
    expect(died).toBeGreaterThan(8);
  });
});
