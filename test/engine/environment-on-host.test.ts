import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { processesOf } from '../support/pretend-training.ts';

const { person } = usePeople();
const onDemo = ['--host', 'demo-a100x2'];
const secret = { WANDB_API_KEY: 'canary-0123456789' };

const runsFolder = (who: Person) => join(who.hostHome(), '.local/state/fleet/runs');

/** Files below the runs' folder with the secret's value in them. */
function findSecret(who: Person): string[] {
  const folder = runsFolder(who);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, 'utf8').includes(secret.WANDB_API_KEY));
}

/** The processes that carry a unit: the first word of each of its files. */
function carriers(who: Person, run: string): number[] {
  return ['wrapper', 'guard'].map((name) =>
    Number(readFileSync(join(runsFolder(who), run, 'a1/w0/job', name), 'utf8').split(' ')[0]),
  );
}

describe.concurrent('the environment with its secrets, on the host', () => {
  it('is gone after a preflight with a long check, GO or NO-GO', async (test) => {
    const who = person(test);
    expect((await who.run(['validate', 'prod-50k', ...onDemo], secret)).code).toBe(0);
    expect(findSecret(who)).toEqual([]);
    expect((await who.run(['validate', 'prod-50k', ...onDemo, '--set', 'steps=7'], secret)).code).toBe(3);
    expect(readdirSync(runsFolder(who))).toHaveLength(2);
    expect(findSecret(who)).toEqual([]);
  });

  it('is gone after a run that was lost', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '60' });
    const controller = who.start(['launch', 'prod-50k', ...onDemo], secret);
    const { id } = await who.waitForRun('the trainer makes steps', (run) => (run.progress?.step ?? 0) > 0);
    expect(findSecret(who)).toHaveLength(1);
    await waitFor('every process of the run is killed', () => {
      const left = [...carriers(who, id), ...processesOf(id)];
      for (const pid of left) killQuietly(pid);
      return processesOf(id).length === 0;
    });
    expect((await controller.ended).code).toBe(3);
    expect(who.newest()).toMatchObject({ state: 'lost', outcome: { reason: 'no-exit-status' } });
    expect(findSecret(who)).toEqual([]);
  });
});

/** It may have ended by itself. */
function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
