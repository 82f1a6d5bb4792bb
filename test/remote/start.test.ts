import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { claimHost, tidyRun } from '../../src/remote/claims.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { openLocalHost, readStat, waitFor, type LocalHost } from '../support/local-host.ts';
import { actorOf, job, runJob, startJob, stateOf, unitFolder, waitForWord, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

const work = workOf('echo began >>began; exec sleep 300');
const startOf = (host: LocalHost) => detachedExecutor.start(actorOf(host), job, work).body;

describe.concurrent('a start', () => {
  eachShell((shell) => {
    test('that is repeated finds the job and starts no other', async (context) => {
      const host = openLocalHost(context, { shell });
      const first = await runJob(host, work.script);
      const second = await runJob(host, work.script);
      context.expect(second).toMatchObject({ word: 'running', pid: first.pid });
      context.expect(readBegan(host)).toBe('began\n');
    });

    test('whose answer was lost is found by the next', async (context) => {
      const host = openLocalHost(context, { shell });
      await context.expect(host.askWithScript(`(${startOf(host)}) >/dev/null; kill -KILL $$`)).rejects.toThrow('SIGKILL');
      context.expect((await runJob(host, work.script)).word).toBe('running');
      context.expect(readBegan(host)).toBe('began\n');
    });

    test('asked five times at the same moment starts one job', async (context) => {
      const host = openLocalHost(context, { shell });
      await host.askWithScript('say here');
      const states = await Promise.all([1, 2, 3, 4, 5].map(() => runJob(host, work.script)));
      context.expect(new Set(states.map(({ word }) => word))).toEqual(new Set(['running']));
      context.expect(new Set(states.map(({ pid }) => pid)).size).toBe(1);
      context.expect(readBegan(host)).toBe('began\n');
    });

    test('whose host went down after the folder was made, and before the claim, is begun by the next', async (context) => {
      const host = openLocalHost(context, { shell });
      await context.expect(host.askWithScript(`record_self() { kill -KILL 0; }\n${startOf(host)}`)).rejects.toThrow('SIGKILL');
      context.expect(existsSync(unitFolder(host))).toBe(true);
      context.expect((await stateOf(host)).word).toBe('absent');
      context.expect((await runJob(host, work.script)).word).toBe('running');
      context.expect(readBegan(host)).toBe('began\n');
    });

    test('whose claim the file server carried out, and then called a failure, is begun once', async (context) => {
      const host = openLocalHost(context, { shell });
      const again = 'ln() { command ln "$@"; return 1; }\n';
      const answers = await Promise.all([again, '', again].map((faulty) => host.askWithScript(`${faulty}${startOf(host)}`)));
      context.expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
      context.expect((await stateOf(host)).word).toBe('running');
      context.expect(readBegan(host)).toBe('began\n');
    });

    test('tells the newest attempt to whoever watches, also one that it has not made', async (context) => {
      const host = openLocalHost(context, { shell });
      const watch = () => host.call(detachedExecutor.watch(actorOf(host), job));
      context.expect(await watch()).toMatchObject({ word: 'absent', newestAttempt: 0 });
      await runJob(host, work.script);
      context.expect(await watch()).toMatchObject({ newestAttempt: 1 });
      for (const attempt of [2, 10]) await startJob(host, work, { place: { ...job, attempt } });
      context.expect(await watch()).toMatchObject({ word: 'running', newestAttempt: 10 });
    });

    test('whose host went down after the claim is for a person: it is not started again', async (context) => {
      const host = openLocalHost(context, { shell });
      await context.expect(host.askWithScript(`leave_running() { kill -KILL 0; }\n${startOf(host)}`)).rejects.toThrow('SIGKILL');
      const state = await runJob(host, work.script);
      context.expect(state).toMatchObject({ word: 'claimed', pid: null, exitCode: null });
      context.expect(readBegan(host)).toBe('');
    });

    test('whose wrapper is slow to come is starting, also after the question has ended', async (context) => {
      const host = openLocalHost(context, { shell });
      await host.askWithScript('say here');
      const slowly = `leave_running() { setsid sh -c 'until [ -f go ]; do sleep 0.1; done; exec "$@"' sh "$@" >/dev/null 2>&1 & }`;
      await host.askWithScript(`${slowly}\n${startOf(host).replace(/\nstart /, '\npause() { :; }\nstart ')}`);
      context.expect((await stateOf(host)).word).toBe('starting');
      context.expect(existsSync(join(unitFolder(host), 'wrapper'))).toBe(false);
      writeFileSync(join(host.home, 'go'), '');
      await waitForWord(host, 'running');
      await waitFor('its command has begun', () => readBegan(host) !== '');
      context.expect(readBegan(host)).toBe('began\n');
    });

    test('that cannot start a process leaves nothing behind, and can be tried again', async (context) => {
      const host = openLocalHost(context, { shell });
      const answer = await host.askWithScript(`leave_running() { return 1; }\n${startOf(host)}`);
      context.expect(answer.exitCode).toBe(93);
      context.expect(existsSync(unitFolder(host))).toBe(false);
      context.expect((await runJob(host, work.script)).word).toBe('running');
    });

    test('that needs the machine is refused without a claim, and by the claim of another run', async (context) => {
      const host = openLocalHost(context, { shell });
      const needy = workOf('echo began >> began', { needsClaim: true });
      context.expect(await startJob(host, needy)).toEqual({ kind: 'claim-lost' });
      await host.call(claimHost({ run: 'another', token: 1 }, 'somebody'));
      context.expect(await startJob(host, needy)).toEqual({ kind: 'claim-lost' });
      context.expect(existsSync(unitFolder(host))).toBe(false);
      await host.call(tidyRun({ run: 'another', token: 1 }));
      await host.call(claimHost(actorOf(host), 'me'));
      context.expect(await startJob(host, needy)).toMatchObject({ kind: 'state' });
    });

    test('of the next attempt has a folder of its own', async (context) => {
      const host = openLocalHost(context, { shell });
      const first = await runJob(host, work.script);
      const second = await startJob(host, work, { place: { ...job, attempt: 2 } });
      if (second.kind !== 'state') throw new Error(second.kind);
      context.expect(second.state.word).toBe('running');
      context.expect(second.state.pid).not.toBe(first.pid);
      context.expect(readStat(first.pid ?? 0)).not.toBeNull();
    });

    test('that was never asked for is absent', async (context) => {
      const host = openLocalHost(context, { shell });
      context
        .expect(await stateOf(host))
        .toMatchObject({ word: 'absent', pid: null, exitCode: null, startedOn: null, haltMoves: [] });
    });
  });
});

function readBegan(host: LocalHost): string {
  const file = join(host.home, 'began');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
