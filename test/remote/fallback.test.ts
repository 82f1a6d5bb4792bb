import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, vi } from 'vitest';
import { claimHost, putEnvironment, tidyRun } from '../../src/remote/claims.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import type { NextWork, UnitState, UnitWork } from '../../src/remote/executor.ts';
import { keepNext } from '../../src/remote/fallback.ts';
import { lookForLeftovers } from '../../src/remote/leftovers.ts';
import { openLocalHost, waitFor, type LocalHost } from '../support/local-host.ts';
import { actorOf, job, membersOf, requestHalt, runJob, stateOf, unitFolder, waitForWord, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

// They wait for the clock of the host, and do little else.
vi.setConfig({ maxConcurrency: 12 });

const second = { ...job, attempt: 2 };
const env = (host: LocalHost, attempt: number, file = 'env') => join(unitFolder(host, { ...job, attempt }), '..', file);

interface Wish extends Partial<Omit<NextWork, 'work'>> {
  /** What the first attempt does. */
  first?: string;
  limit?: number;
  work?: Partial<UnitWork>;
}

/** A job that aborts in its first profile and is done in the second, each start of which leaves a line. */
async function run(host: LocalHost, { first = 'exit 134', limit, work = {}, ...next }: Wish = {}): Promise<UnitState> {
  await host.call(claimHost(actorOf(host), 'a test'));
  await host.call(putEnvironment(actorOf(host), 1, 0, "export PROFILE='gpu'\n"));
  await host.call(putEnvironment(actorOf(host), 1, 0, "export PROFILE='cpu'\nexport TOKEN='hush'\n", 'env-next'));
  const common = { needsEnvironment: true, needsClaim: true, timeLimitSeconds: limit ?? null, sentinel: 'stop-file' };
  const note = 'echo "$FLEET_ATTEMPT $PROFILE $TOKEN $FLEET_CHECKPOINT" >>starts';
  return runJob(host, `${note}; ${first}`, {
    ...common,
    profile: 'gpu',
    next: {
      work: workOf(`${note}; exec sleep 300`, { ...common, profile: 'cpu', ...work }),
      ...{ exits: [134], texts: [], afterSeconds: 1, checkpoints: null },
      ...next,
    },
  });
}

const starts = (host: LocalHost) =>
  existsSync(join(host.home, 'starts')) ? readFileSync(join(host.home, 'starts'), 'utf8') : '';
/** The guard of the first attempt has left, and what it leaves undone will not be done. */
const waitForGuard = (host: LocalHost) =>
  waitFor('the guard has left', async () => (await host.call(lookForLeftovers(host.run, 2))).carriers.length === 0);

describe.concurrent('the guard of a job that another profile may follow', { timeout: 120_000 }, () => {
  eachShell((shell) => {
    test('makes the next attempt when no controller speaks, with its own environment and from the newest checkpoint', async (context) => {
      const host = openLocalHost(context, { shell });
      mkdirSync(join(host.home, 'saved'));
      const older = join(host.home, 'saved/of an older run 9.pt');
      writeFileSync(older, 'weights');
      // A shell may compare whole seconds.
      utimesSync(older, 1, 1);
      await run(host, { first: `echo weights >"saved/it's 7.pt"; exit 134`, checkpoints: 'saved/*.pt', limit: 100 });
      context.expect(statSync(env(host, 1, 'env-next')).mode & 0o777).toBe(0o600);
      const state = await waitForWord(host, 'running', second);
      context
        .expect(state)
        .toMatchObject({ profile: 'cpu', madeByGuard: { because: 'exit 134', checkpoint: "saved/it's 7.pt" } });
      context.expect(await stateOf(host)).toMatchObject({ word: 'exited', exitCode: 134, profile: 'gpu', madeByGuard: null });
      await waitFor('it has begun', () => starts(host).split('\n').length > 2);
      context.expect(starts(host)).toBe("1 gpu  \n2 cpu hush saved/it's 7.pt\n");
      context.expect(statSync(env(host, 2)).mode & 0o777).toBe(0o600);
      context.expect(existsSync(env(host, 1, 'env-next'))).toBe(false);
      // The time of both counts.
      context.expect(Number(readFileSync(join(unitFolder(host, second), 'limit'), 'utf8'))).toBeLessThan(100);
      await waitForGuard(host);
      await requestHalt(host);
      await waitForWord(host, 'exited', second);
      context.expect(existsSync(env(host, 2))).toBe(false);
    });

    test('knows the end by a text that has come into the log since the job began', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'job.log'), 'an older run: aperture\n');
      const texts = ['no such text', 'HSA [aperture]'];
      await run(host, {
        first: 'echo ":0: HSA [aperture] code: 0x29"; exit 1',
        exits: [],
        texts,
        work: { files: ['job.log', 'not there'] },
      });
      const { madeByGuard } = await waitForWord(host, 'running', second);
      const { size, ino } = statSync(join(host.home, 'job.log'));
      context.expect(madeByGuard).toEqual({
        because: 'HSA [aperture]',
        checkpoint: null,
        starts: new Map([['job.log', { size, inode: String(ino) }]]),
      });
    });

    test.for<[string, Wish]>([
      ['a status that is not named', { first: 'exit 1' }],
      ['a good end', { first: 'exit 0', exits: [0] }],
      ['a wrong use', { first: 'exit 2', exits: [2] }],
      ['a text of an older run', { first: 'exit 1', exits: [], texts: ['aperture'] }],
      ['a halt file of a person', { first: 'touch stop-file; exit 134' }],
      ['no time left', { first: 'sleep 2; exit 134', limit: 2 }],
    ])('makes none after %s, and leaves no environment', async ([, wish], context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'job.log'), 'an older run: aperture\n');
      await run(host, wish);
      await waitForWord(host, 'exited');
      await waitForGuard(host);
      context.expect(starts(host)).toBe('1 gpu  \n');
      context
        .expect([existsSync(env(host, 1)), existsSync(env(host, 1, 'env-next')), existsSync(env(host, 2))])
        .toEqual([false, false, false]);
    });

    test('waits while a controller speaks, and makes none once that one has taken it', async (context) => {
      const host = openLocalHost(context, { shell });
      await run(host, { afterSeconds: 4 });
      await waitForWord(host, 'exited');
      let state = await stateOf(host);
      const until = state.uptimeSeconds + 7;
      await waitFor(
        'longer than it waits',
        async () => {
          state = await host.call(detachedExecutor.watch(actorOf(host), job));
          return state.uptimeSeconds > until;
        },
        60_000,
      );
      context.expect(state).toMatchObject({ fallsBack: 'exit 134', newestAttempt: 1 });
      await host.call(keepNext(actorOf(host), job));
      await waitForGuard(host);
      context.expect(await stateOf(host, second)).toMatchObject({ word: 'absent' });
      context.expect(await stateOf(host)).toMatchObject({ fallsBack: 'exit 134' });
    });

    test('makes none after a halt that came in between, nor when the run has ended or the machine is another run’s', async (context) => {
      const stops: ((host: LocalHost) => Promise<unknown>)[] = [
        (host) => requestHalt(host),
        (host) => host.call(tidyRun(actorOf(host))),
        async (host) => {
          rmSync(join(host.folder, 'claims'), { recursive: true });
          await host.call(claimHost({ run: 'other', token: 1 }, 'another'));
        },
      ];
      for (const stop of stops) {
        const host = openLocalHost(context, { shell });
        await run(host, { afterSeconds: 600 });
        await waitForWord(host, 'exited');
        await stop(host);
        await waitForGuard(host);
        context.expect(await stateOf(host, second)).toMatchObject({ word: 'absent' });
        context.expect(existsSync(env(host, 1, 'env-next'))).toBe(false);
        context.expect(await membersOf(host)).toEqual([]);
      }
    });

    test('leaves an attempt alone that somebody else has made meanwhile', async (context) => {
      const host = openLocalHost(context, { shell });
      await run(host, { afterSeconds: 600 });
      await waitForWord(host, 'exited');
      await host.call(putEnvironment(actorOf(host), 2, 0, "export PROFILE='mine'\n"));
      const work = workOf('echo "$FLEET_ATTEMPT $PROFILE" >>starts; exec sleep 300', { needsEnvironment: true });
      await host.call(detachedExecutor.start(actorOf(host), second, work));
      await waitForGuard(host);
      context.expect(starts(host)).toBe('1 gpu  \n2 mine\n');
    });
  });
});
