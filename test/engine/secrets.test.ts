import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProc, waitFor } from '../support/local-host.ts';
import { usePeople } from '../support/person.ts';

const { person } = usePeople();
const canary = 'canary-7f3a9d51c2e84b60';
const launch = ['launch', 'prod-50k', '--host', 'demo-a100x2'];
const secret = { WANDB_API_KEY: canary };

/** Files below a folder that hold the canary, with their modes. */
function filesWith(folder: string): { name: string; mode: string }[] {
  const found: { name: string; mode: string }[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    try {
      if (!readFileSync(path).includes(canary)) continue;
      found.push({ name: path.slice(folder.length + 1), mode: (lstatSync(path).mode & 0o777).toString(8) });
    } catch (error) {
      // Files come and go while a run goes on.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return found;
}

/** Looks at the arguments of every process of this computer until it is stopped. */
function watchArguments() {
  const seen = new Set<string>();
  let times = 0;
  const timer = setInterval(() => {
    times += 1;
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      const command = readProc(Number(name), 'cmdline');
      if (command.includes(canary)) seen.add(command.replaceAll('\0', ' ').slice(0, 300));
    }
  }, 60);
  return {
    stop: () => {
      clearInterval(timer);
      return { seen: [...seen], times };
    },
  };
}

describe.concurrent('a secret', { timeout: 180_000 }, () => {
  it('of a job that prints its environment is nowhere but in the one file on the host, and afterwards in its log', async (test) => {
    const who = person(test, { PRETEND_FAULT: 'print-env', PRETEND_SECONDS: '6' });
    const args = watchArguments();
    test.onTestFinished(() => void args.stop());
    const controller = who.start(launch, { ...secret, FLEET_LOG: 'debug' });
    const run = await who.waitForRun('the job runs', ({ state }) => state === 'running');
    const log = join(who.hostHome(), 'nsa-vibe/training.log');
    await waitFor('the job has printed it', () => readFileSync(log, 'utf8').includes(`WANDB_API_KEY=${canary}`));
    expect(filesWith(who.hostHome())).toEqual(
      expect.arrayContaining([
        { name: `.local/state/fleet/runs/${run.id}/a1/w0/env`, mode: '600' },
        { name: 'nsa-vibe/training.log', mode: expect.any(String) as string },
      ]),
    );
    expect(filesWith(who.hostHome())).toHaveLength(2);
    expect(filesWith(who.stateDir)).toEqual([]);

    const ended = await controller.ended;
    expect(ended.code).toBe(0);
    const { seen, times } = args.stop();
    expect(seen).toEqual([]);
    expect(times).toBeGreaterThan(20);
    expect(filesWith(who.hostHome()).map(({ name }) => name)).toEqual(['nsa-vibe/training.log']);
    expect(filesWith(who.stateDir)).toEqual([]);

    const lines = [ended.stdout + ended.stderr];
    const looks = [
      ['status', run.id],
      ['status', '--json'],
      ['report', run.id],
      ['report', run.id, '--json'],
      ['metrics', run.id, '--json'],
      ['logs', run.id],
      ['logs', run.id, '--json'],
      ['logs', run.id, '--follow'],
      ['watch', run.id],
    ];
    for (const [command, env] of [...looks.map((look) => [look, {}] as const), [['logs', run.id], secret] as const]) {
      const { stdout, stderr, code } = await who.run(command, env);
      expect({ command, code }).toEqual({ command, code: 0 });
      lines.push(stdout + stderr);
    }
    expect(lines.filter((text) => text.includes(canary))).toEqual([]);
    expect(lines.filter((text) => text.includes('WANDB_API_KEY=*'))).not.toEqual([]);
  });

  it('is not kept after a preflight, a NO-GO, a cancelled run, or a killed controller', async (test) => {
    const who = person(test);
    expect((await who.run(['validate', 'prod-50k', '--host', 'demo-a100x2'], secret)).code).toBe(0);
    expect(filesWith(who.folder)).toEqual([]);

    const playbook = who.writeFile(
      'refusing.yaml',
      `playbook: refusing
workdir: '.'
env: { WANDB_API_KEY: { secret: { env: WANDB_API_KEY } } }
validate: [{ check: long, run: 'sleep 0.2; echo "$WANDB_API_KEY"; echo "$WANDB_API_KEY" >&2; exit 4', expected-time: 1m }]
launch: { run: 'true', log: job.log }
`,
    );
    const refused = await who.run(['launch', playbook, '--host', 'demo-a100x2'], secret);
    expect(refused.code).toBe(3);
    expect(refused.stdout + refused.stderr).not.toContain(canary);
    expect(filesWith(who.stateDir)).toEqual([]);
    // What an author's own command prints is evidence, in a folder that is the owner's alone.
    for (const { name } of filesWith(who.hostHome())) expect(name).toMatch(/\/validate-0\/std(out|err)$/);
    expect(lstatSync(join(who.hostHome(), '.local/state/fleet/runs')).mode & 0o777).toBe(0o700);

    const waiting = who.writeFile(
      'waiting.yaml',
      `playbook: waiting
workdir: '.'
env: { WANDB_API_KEY: { secret: { env: WANDB_API_KEY } } }
prepare: [{ action: wait, run: sleep 300 }]
launch: { run: 'true', log: job.log }
`,
    );
    const controller = who.start(['launch', waiting, '--host', 'demo-a100x2'], secret);
    const run = await who.waitForRun('it waits', ({ checks }) => checks.some(({ name }) => name === 'wait'));
    await waitFor('the environment is there', () => filesWith(who.hostHome()).some(({ name }) => name.includes(run.id)));
    controller.kill('SIGKILL');
    await controller.ended;
    expect((await who.run(['halt'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ id: run.id, state: 'cancelled' });
    expect(filesWith(who.hostHome()).filter(({ name }) => name.includes(run.id))).toEqual([]);
    expect(filesWith(who.stateDir)).toEqual([]);
  });

  it('that a running job needs no more is not asked for by a resume', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '6' });
    const playbook = who.changePlaybook({
      'secret: { env: WANDB_API_KEY }, optional: true': 'secret: { env: WANDB_API_KEY }',
    });
    const without = await who.run(['launch', playbook, '--host', 'demo-a100x2']);
    expect(without.code).toBe(2);
    expect(who.runs()).toEqual([]);
    expect((await who.run(['launch', playbook, '--host', 'demo-a100x2', '--detach'], secret)).code).toBe(0);
    expect((await who.run(['resume'])).code).toBe(0);
    expect(filesWith(who.hostHome())).toEqual([]);
  });
});
