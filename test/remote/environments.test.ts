import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { exportLines } from '../../src/remote/author-command.ts';
import { claimHost, putEnvironment, tidyRun } from '../../src/remote/claims.ts';
import { archiveFiles, listFiles, readFrom } from '../../src/remote/files.ts';
import { sayHello } from '../../src/remote/hello.ts';
import { signalMembers } from '../../src/remote/members.ts';
import { haltStale } from '../../src/remote/stale.ts';
import { missingReason, openLocalHost, readProc, readStat, waitFor, type LocalHost } from '../support/local-host.ts';
import { actorOf, membersOf, requestHalt, runJob, startJob, stateOf, waitForGone, waitForWord, wordsOf, workOf } from './jobs.ts';

/** What a small Debian has, without util-linux. */
const coreTools =
  'awk basename cat chmod cksum cut date dd dirname env find grep head id kill ln ls mkdir mv printf readlink rm sed sleep sort tail tr touch uname wc xargs'.split(
    ' ',
  );

const busybox = missingReason('busybox');

describe.skipIf(busybox !== null)('a host that has nothing but busybox', () => {
  test('runs, watches, proves and halts a job', async (context) => {
    const host = openLocalHost(context, { shell: 'busybox', tools: 'busybox' });
    const actor = actorOf(host);
    context.expect(await host.call(sayHello())).toMatchObject({ sessionTool: 'setsid', proc: true, writable: true });
    context.expect(await host.call(claimHost(actor, 'test'))).toMatchObject({ claimed: true });
    await host.call(putEnvironment(actor, 1, 0, exportLines([{ name: 'A', value: 'a b' }])));
    const { pid } = await runJob(host, `trap '' TERM; setsid sleep 300 & while :; do sleep 0.2; done`, {
      needsEnvironment: true,
      needsClaim: false,
      prove: { process: 'script', variables: ['A'] },
    });
    context.expect(readStat(pid ?? 0)).toMatchObject({ session: pid, group: pid });
    const state = await waitFor('the proof', async () => {
      const look = await stateOf(host);
      return look.proof.length > 0 ? look : null;
    });
    context.expect(state.proof[0]?.variables).toEqual([{ name: 'A', found: 'ok' }]);
    context.expect((await host.call(signalMembers(actorOf(host), 'script', 'USR1'))).notCaught).toEqual([pid]);
    context.expect((await membersOf(host)).map(({ command }) => command)).toContain('sleep 300');
    await requestHalt(host);
    context.expect(wordsOf(await waitForGone(host))).toEqual(['signal TERM', 'signal KILL', 'gone']);
    context.expect((await waitForWord(host, 'exited')).exitCode).toBe(137);
    await waitFor('nothing is left', () => host.processes().length === 0);
    await host.call(tidyRun(actor));
    context.expect(await host.call(claimHost({ run: 'next', token: 1 }, 'test'))).toMatchObject({ claimed: true });
  });

  test('reads, lists and puts away files, and stops earlier processes', async (context) => {
    const host = openLocalHost(context, { shell: 'busybox', tools: 'busybox' });
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    writeFileSync(join(host.home, 'data'), bytes);
    const part = await host.call(readFrom('~', { path: 'data', offset: 65_530, maxBytes: 9, headBytes: 0 }));
    context.expect(part).toMatchObject({ kind: 'file', size: 70_000, headBytes: 256, bytes: bytes.subarray(65_530, 65_539) });
    context.expect(part.kind === 'file' && /^\w{8,}$/.test(part.head ?? '')).toBe(true);
    context.expect(await host.call(listFiles('~', ['d*']))).toEqual([{ path: 'data', size: 70_000 }]);
    context.expect(await host.call(archiveFiles(actorOf(host), '~', ['data']))).toEqual([`./.fleet-archive/${host.run}/data`]);
    await startJob(host, workOf('exec sleep 300'), { run: `${host.run}-0` });
    context.expect((await host.call(haltStale(actorOf(host), 'x', '~'))).stopped).toHaveLength(1);
  });
});

describe.concurrent('a host without setsid', () => {
  for (const shell of ['dash', 'bash'] as const) {
    for (const tool of ['python3', 'perl'] as const) {
      const missing = missingReason(shell) ?? missingReason(tool);
      test.skipIf(missing !== null)(`runs a job in a session of its own by ${tool}, with ${shell} as sh`, async (context) => {
        const host = openLocalHost(context, { shell, tools: [...coreTools, tool] });
        context.expect((await host.call(sayHello())).sessionTool).toBe(tool);
        const { pid } = await runJob(host, 'exec sleep 300');
        context.expect(readStat(pid ?? 0)).toMatchObject({ session: pid, group: pid });
        await waitFor('the job is sleep', () => readProc(pid ?? 0, 'cmdline').startsWith('sleep'));
        context.expect(/^SigIgn:\s*(\w+)$/m.exec(readProc(pid ?? 0, 'status'))?.[1]).toBe('0000000000000000');
        const [wrapper] = readFileSync(join(host.folder, 'runs', host.run, 'a1/w0/job/wrapper'), 'utf8').split(' ');
        context.expect(readStat(Number(wrapper))?.session).toBe(Number(wrapper));
        await requestHalt(host);
        context.expect(wordsOf(await waitForGone(host))).toEqual(['signal TERM', 'gone']);
        context.expect((await waitForWord(host, 'exited')).exitCode).toBe(143);
      });
    }

    test.skipIf(missingReason(shell) !== null)(
      `and without any other way says so, with ${shell} as sh, and starts nothing`,
      async (context) => {
        const host = openLocalHost(context, { shell, tools: coreTools });
        context.expect((await host.call(sayHello())).sessionTool).toBeNull();
        context.expect(await startJob(host, workOf('touch began'))).toEqual({ kind: 'no-session-tool' });
        expectNothing(host);
        context.expect(existsSync(join(host.folder, 'runs', host.run, 'a1'))).toBe(false);
      },
    );
  }

  function expectNothing(host: LocalHost): void {
    if (host.processes().length > 0) throw new Error(`left running: ${host.processes().join(', ')}`);
  }
});
