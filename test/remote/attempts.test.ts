import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { lookForLeftovers, stopLeftovers, takeSentinel } from '../../src/remote/leftovers.ts';
import { openLocalHost, waitFor, type LocalHost } from '../support/local-host.ts';
import {
  actorOf,
  job,
  membersOf,
  requestHalt,
  runJob,
  startJob,
  stateOf,
  waitForGone,
  waitForWord,
  wordsOf,
  workOf,
} from './jobs.ts';
import { eachShell } from './shells.ts';

const ignoringTerm = `trap '' TERM; while :; do sleep 0.2; done`;
const beside = { ...job, unit: 'action-1' };
const next = { ...job, attempt: 2 };

describe.concurrent('a unit of a run that has others', () => {
  eachShell((shell) => {
    test('is stopped alone, with what it has put into sessions of their own', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      await startJob(host, workOf('(setsid sleep 301 &); exec sleep 302', { log: null }), { place: beside });
      await waitFor('all three are there', async () => (await membersOf(host)).length === 3);
      context.expect(await host.call(detachedExecutor.stopUnit(actorOf(host), beside, 'a test asks'))).toEqual(['action-1']);
      await waitForWord(host, 'exited', beside);
      await waitFor('only the job is left', async () => (await membersOf(host)).length === 1);
      context.expect((await stateOf(host)).word).toBe('running');
    });

    test('is stopped by its own time limit, and the job beside it goes on', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      await startJob(host, workOf('exec sleep 301', { log: null, timeLimitSeconds: 1 }), { place: beside });
      context.expect(await waitForWord(host, 'exited', beside)).toMatchObject({ verdict: 'time-limit 1' });
      await waitForGone(host, beside);
      context.expect((await stateOf(host)).word).toBe('running');
    });
  });
});

describe.concurrent('an attempt after another', () => {
  eachShell((shell) => {
    test('is not stopped by a guard that still halts the one before', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, ignoringTerm, { then: [{ signal: 'TERM' }, { waitSeconds: 2 }, { signal: 'KILL' }] });
      await requestHalt(host);
      await waitFor('TERM is sent', async () => wordsOf(await stateOf(host)).includes('signal TERM'));
      await startJob(host, workOf('exec sleep 300'), { token: 2, place: next });
      await waitForGone(host);
      context.expect((await stateOf(host)).exitCode).toBe(137);
      context.expect((await stateOf(host, next)).word).toBe('running');
      context.expect(await membersOf(host)).toMatchObject([{ command: 'sleep 300' }]);
    });

    test('finds what those before have left, and stops it', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, '(setsid sleep 300 &); exit 1');
      await waitForWord(host, 'exited');
      const look = () => host.call(lookForLeftovers(host.run, 2));
      context.expect((await look()).members).toMatchObject([{ command: 'sleep 300' }]);
      await host.call(stopLeftovers(actorOf(host), 'a test asks'));
      const left = await waitFor('nothing is left', async () => {
        const found = await look();
        return found.members.length + found.carriers.length === 0 ? found : null;
      });
      context.expect(left).toEqual({ members: [], carriers: [] });
      context
        .expect(await startJob(host, workOf('exec sleep 300'), { place: next }))
        .toMatchObject({ state: { word: 'running' } });
    });

    test('is told of the guard that has not left, and of nobody of its own', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      const carriers = async (attempt: number) => (await host.call(lookForLeftovers(host.run, attempt))).carriers;
      await waitFor('wrapper and guard are there', async () => (await carriers(2)).length === 2);
      context.expect(await carriers(1)).toEqual([]);
    });

    test('finds the halt file of the one before removed; one that somebody else has made stays', async (context) => {
      const host = openLocalHost(context, { shell });
      const take = () => host.call(takeSentinel(actorOf(host), job));
      await runJob(host, 'exec sleep 300', { sentinel: '.HALT' });
      context.expect(await take()).toBe('none');
      const file = leaveHaltFile(host);
      context.expect([await take(), existsSync(file)]).toEqual(['foreign', true]);
      await host.call(detachedExecutor.stopUnit(actorOf(host), job, 'a test asks'));
      await waitForGone(host);
      context.expect([await take(), existsSync(file)]).toEqual(['removed', false]);
      context.expect(await take()).toBe('removed');
    });
  });
});

function leaveHaltFile(host: LocalHost): string {
  const file = join(host.home, '.HALT');
  writeFileSync(file, '');
  return file;
}
