import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { claimHost, putEnvironment } from '../../src/remote/claims.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { sendHostScript } from '../../src/remote/host-script.ts';
import { isAlive, openLocalHost, waitFor, type LocalHost, type ShellName, type TestEnd } from '../support/local-host.ts';
import { canMount } from '../support/mounting.ts';
import { actorOf, job, membersOf, requestHalt, runJob, stateOf, unitFolder, waitForWord, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

describe.skipIf(!canMount())('a disk that is full', { concurrent: true }, () => {
  eachShell((shell) => {
    test('refuses what must be written, and keeps no half of it', async (context) => {
      const { host, fill } = openSmallHost(context, shell);
      await host.askWithScript('say here');
      fill();
      const commands = [
        detachedExecutor.start(actorOf(host), job, workOf('touch "$HOME/began"')),
        putEnvironment(actorOf(host), 1, 0, 'export A=1\n'),
        claimHost(actorOf(host), 'test'),
      ];
      for (const { name, body } of commands) {
        const answer = await host.askWithScript(body);
        context
          .expect({ name, exitCode: answer.exitCode, word: answer.stdout.toString().split(' ')[0] })
          .toEqual({ name, exitCode: 92, word: 'cannot-write' });
      }
      context.expect((await host.ask(sendHostScript(host.remoteDir))).exitCode).toBe(92);
      context.expect(existsSync(unitFolder(host))).toBe(false);
      context.expect(existsSync(join(host.folder, 'runs', host.run, 'a1/w0/env'))).toBe(false);
      context.expect(existsSync(join(host.home, 'began'))).toBe(false);
    });

    test('makes the wrapper wait with the exit status until there is room', async (context) => {
      const { host, fill, empty } = openSmallHost(context, shell);
      const { pid } = await runJob(host, 'until [ -f go ]; do sleep 0.1; done; exit 6');
      fill();
      writeFileSync(join(host.home, 'go'), '');
      await waitFor('the job has ended', () => !isAlive(pid ?? 0));
      context.expect(await waitForWord(host, 'ending')).toMatchObject({ exitCode: null });
      empty();
      context.expect((await waitForWord(host, 'exited')).exitCode).toBe(6);
    });

    test('does not keep a halt from being carried out', async (context) => {
      const { host, fill, empty } = openSmallHost(context, shell);
      await runJob(host, `trap '' TERM; setsid sleep 300 & while :; do sleep 0.2; done`);
      await waitFor('the guard is there', () => existsSync(join(unitFolder(host), 'guard')));
      fill();
      context.expect(await requestHalt(host, { token: 2 })).toEqual(['job']);
      await waitFor('nothing lives', async () => (await membersOf(host)).length === 0);
      context.expect((await stateOf(host)).word).toBe('ending');
      empty();
      context.expect((await waitForWord(host, 'exited')).exitCode).toBe(137);
      await waitFor('nothing is left', () => host.processes().length === 0);
    });

    test('ends a wrapper whose folder was removed meanwhile', async (context) => {
      const { host, fill } = openSmallHost(context, shell);
      await runJob(host, 'until [ -f go ]; do sleep 0.1; done');
      fill();
      writeFileSync(join(host.home, 'go'), '');
      await waitForWord(host, 'ending');
      rmSync(unitFolder(host), { recursive: true });
      await waitFor('nothing is left', () => host.processes().length === 0);
    });
  });
});

/** A host with fleet's folder on a small disk of its own, and with what fills and empties that. */
function openSmallHost(test: TestEnd, shell: ShellName): { host: LocalHost; fill: () => void; empty: () => void } {
  const disk = mkdtempSync(join(tmpdir(), 'fleet-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=755', 'tmpfs', disk]);
  // The last to be done: what is told first to do at the end comes last.
  test.onTestFinished(() => {
    execFileSync('umount', ['-l', disk]);
    rmdirSync(disk);
  });
  const host = openLocalHost(test, { shell, remoteDir: disk });
  const ballast = join(disk, 'ballast');
  return {
    host,
    fill: () => {
      execFileSync('sh', ['-c', `cat /dev/zero >'${ballast}' 2>/dev/null || :`]);
      if (readFileSync(ballast).length === 0) throw new Error(`${disk} was not filled`);
    },
    empty: () => rmSync(ballast),
  };
}
