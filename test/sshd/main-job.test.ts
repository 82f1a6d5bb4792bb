import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { isAlive, readProc, readStat, waitFor } from '../support/local-host.ts';
import { firstOf } from '../support/full.ts';
import { usePeople, type Person, type Started } from '../support/person.ts';
import { countTrainers, outDir, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';
import { explainMissingShell, explainMissingSshd, type SshdOptions } from '../support/sshd.ts';
import { explainUnreachableNode, openSshdHost } from '../support/sshd-host.ts';

const { person } = usePeople();

const noisy = { '.bashrc': 'echo "welcome, it is $(date)"; echo "a warning of the day" >&2; read -t 1 nothing\n' };

/** Without a shell it is the user who runs the tests, root, with the shell that root has. */
const users: { name: string; options: SshdOptions }[] = [
  { name: 'a plain user of bash with a noisy .bashrc', options: { shell: '/bin/bash', files: noisy } },
  { name: 'a plain user of fish', options: { shell: '/usr/bin/fish' } },
  { name: 'a plain user of dash', options: { shell: '/bin/dash' } },
  { name: 'root, with a noisy .bashrc', options: { files: noisy } },
];

const hosts = {
  box: { PRETEND_SECONDS: '8' },
  stubborn: { PRETEND_SECONDS: '100', PRETEND_FAULT: 'ignore-halt' },
  quick: { PRETEND_SECONDS: '1' },
};

const limitMs = 90_000;

describe.skipIf(explainMissingSshd() !== null)('prod-50k over OpenSSH', () => {
  describe.each(firstOf(users, 2))('for $name', { concurrent: true, timeout: 180_000 }, ({ options }) => {
    const skipped = options.shell !== undefined && explainMissing(options.shell) !== null;

    it.skipIf(skipped)('goes on when its controller is killed, and a resume ends it as if nothing had happened', async (test) => {
      const { home, env } = await openSshdHost(test, { ...options, hosts });
      const who = person(test, env);
      const controller = who.start(['launch', 'prod-50k', '--host', 'box']);
      const begun = await waitForSteps(who, controller);
      controller.kill('SIGKILL');
      await controller.ended;
      expect(processesOf(begun.id).length).toBeGreaterThan(3);
      expect(await who.ask(['status'])).toMatchObject({
        runs: [{ id: begun.id, state: 'running', controller: null, outcome: null }],
      });
      expect((await who.run(['status'])).stdout).toContain(`nobody drives it; to take it up again: fleet resume ${begun.id}`);

      const resumed = await who.run(['resume']);
      expect({ ...resumed, stdout: resumed.stdout.trim().split('\n').at(-1) }).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`prod-50k on box (${begun.id}): succeeded`) as string,
      });
      expect(who.newest()).toMatchObject({ state: 'succeeded', attempt: 1, outcome: { result: 'succeeded', exitCode: 0 } });
      expect(countTrainers(home)).toBe(1);
      expect(readdirSync(join(home, '.local/state/fleet/runs', begun.id)).filter((name) => /^a\d/.test(name))).toEqual(['a1']);
      expect(rowsOf(await who.ask(['metrics', begun.id, '--source', 'training']))).toEqual(readTrainingFile(home));
      await waitFor('no process of the run', () => processesOf(begun.id).length === 0);
    });

    it.skipIf(skipped)(
      'is halted although the trainer ignores the sentinel and TERM, and the next launch succeeds',
      async (test) => {
        const { home, env } = await openSshdHost(test, { ...options, hosts });
        const who = person(test, env);
        const controller = who.start(['launch', 'prod-50k', '--host', 'stubborn']);
        const { id } = await waitForSteps(who, controller);
        const pids = processesOf(id);
        expect(pids.filter((pid) => readProc(pid, 'cmdline').includes('spawn_main')).length).toBe(4);
        expect(new Set(pids.map((pid) => readStat(pid)?.session)).size).toBeGreaterThanOrEqual(3);

        const halted = await who.run(['halt']);
        expect(pids.filter(isAlive)).toEqual([]);
        expect(processesOf(id)).toEqual([]);
        expect(halted).toMatchObject({ code: 0, stdout: expect.stringContaining('halted') as string });
        expect(halted.stderr).toContain('sent TERM');
        expect(halted.stderr).toContain('sent KILL');
        expect((await controller.ended).code).toBe(5);
        expect(who.newest()).toMatchObject({ id, state: 'halted', outcome: { result: 'halted' } });
        expect(existsSync(join(home, outDir, '.HALT'))).toBe(true);

        expect((await who.run(['launch', 'prod-50k', '--host', 'quick'])).code).toBe(0);

        expect(who.newest()).toMatchObject({ state: 'succeeded', progress: { step: 50_000 } });
        expect(existsSync(join(home, outDir, '.HALT'))).toBe(false);
      },
    );
  });
});

function explainMissing(shell: string): string | null {
  return explainMissingShell(shell) ?? explainUnreachableNode();
}

/** The run once it trains; a launch that ends before has said why. */
async function waitForSteps(who: Person, controller: Started): Promise<RunDocument> {
  const early = controller.ended.then(({ stdout, stderr }) => Promise.reject<never>(new Error(`${stdout}\n${stderr}`)));
  const steps = who.waitForRun('the first steps', ({ progress }) => (progress?.step ?? 0) > 0, limitMs);
  return Promise.race([steps, early]);
}
