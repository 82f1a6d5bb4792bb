import { existsSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { haltStale } from '../../src/remote/stale.ts';
import { spawnForeign } from '../support/foreign-process.ts';
import { isAlive, openLocalHost, readProc, waitFor } from '../support/local-host.ts';
import { actorOf, membersOf, runJob, startJob, unitFolder, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

describe.concurrent('stopping earlier processes', () => {
  eachShell((shell) => {
    test('takes what another run of this folder left, wherever it works, with its children', async (context) => {
      const host = openLocalHost(context, { shell });
      const earlier = `${host.run}-0`;
      await startJob(host, workOf('setsid sleep 301 & env -i setsid sleep 302 & cd / && exec sleep 300'), { run: earlier });
      await waitFor('all three are there', async () => (await membersOf(host, earlier)).length === 3);
      await runJob(host, 'exec sleep 303');
      const answer = await host.call(haltStale(actorOf(host), 'no such name', '~'));
      context
        .expect(answer.stopped.map((line) => line.replace(/^\d+ /, '').trim()).toSorted())
        .toEqual(['sleep 300', 'sleep 301', 'sleep 302']);
      context.expect(answer.survivors).toEqual([]);
      context.expect(await membersOf(host, earlier)).toEqual([]);
      context.expect((await membersOf(host)).map(({ command }) => command)).toEqual(['sleep 303']);
      context.expect(await host.call(haltStale(actorOf(host), 'no such name', '~'))).toEqual({ stopped: [], survivors: [] });
    });

    test('takes what has the name and works below the workdir, and nothing else', async (context) => {
      const host = openLocalHost(context, { shell });
      for (const folder of ['work/sub', 'work-2', 'runs']) mkdirSync(join(host.home, folder), { recursive: true });
      const at = (folder: string, script: string, env: Record<string, string> = {}) =>
        spawnForeign(context, 'sh', ['-c', script], {
          cwd: join(host.home, folder),
          env: { PATH: process.env['PATH'] ?? '', ...env },
        }).pid;
      const trainer = 'while :; do sleep 0.2; done # train.py --config "a b"';
      const ours = [at('work', trainer), at('work/sub', trainer)];
      const others = [
        at('work', 'exec sleep 300'),
        at('work-2', trainer),
        at('.', trainer),
        at('work', trainer, { FLEET_RUN_ID: 'of-another-folder' }),
        at('work', trainer, { FLEET_RUN_ID: '../..' }),
        at('work', trainer, { FLEET_RUN_ID: host.run }),
      ];
      await waitFor('all are there', () =>
        [...ours, ...others.slice(1)].every((pid) => readProc(pid, 'cmdline').includes('train.py')),
      );
      const { stopped, survivors } = await host.call(haltStale(actorOf(host), 'train.py', 'work'));
      context.expect(stopped.map((line) => Number(line.split(' ')[0])).toSorted()).toEqual(ours.toSorted());
      context.expect(stopped[0]).toMatch(/^\d+ sh -c while .*train\.py --config "a b"/);
      context.expect(survivors).toEqual([]);
      context.expect(ours.map(isAlive)).toEqual([false, false]);
      context.expect(others.map(isAlive)).toEqual(others.map(() => true));
    });

    test('asks first and then kills', async (context) => {
      const host = openLocalHost(context, { shell });
      await startJob(host, workOf(`trap 'echo asked >>"$HOME/asked"' TERM; while :; do sleep 0.2; done`), {
        run: `${host.run}-0`,
      });
      const shorter = haltStale(actorOf(host), 'x', '~').body.replace(/'10'$/, "'1'");
      const answer = await host.askWithScript(shorter);
      context.expect(answer.stdout.toString()).toMatch(/^stopped \d+ sh /m);
      context.expect(answer.stdout.toString()).toMatch(/\nlooked\n$/);
      context.expect(await membersOf(host, `${host.run}-0`)).toEqual([]);
      context.expect(readFileSync(join(host.home, 'asked'), 'utf8')).toBe('asked\n');
    });

    test('spares whoever asks, and the wrapper and guard of the run, however short the name', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      await waitFor('the guard is there', () => existsSync(join(unitFolder(host), 'guard')));
      const ours = ['wrapper', 'guard', 'pid'].map((name) =>
        Number(readFileSync(join(unitFolder(host), name), 'utf8').split(' ')[0]),
      );
      await waitFor('the guard is at its place', () => readlinkSync(`/proc/${ours[1]}/cwd`) === '/');
      context.expect(await host.call(haltStale(actorOf(host), 's', '~'))).toEqual({ stopped: [], survivors: [] });
      context.expect(ours.map(isAlive)).toEqual([true, true, true]);
    });

    test('finds nothing where there is no workdir', async (context) => {
      const host = openLocalHost(context, { shell });
      context.expect(await host.call(haltStale(actorOf(host), 'sleep', 'no/workdir'))).toEqual({ stopped: [], survivors: [] });
    });

    test.skipIf(process.getuid?.() !== 0)('names what it could not stop', async (context) => {
      const host = openLocalHost(context, { shell, uid: 65534 });
      await startJob(host, workOf('exec sleep 300'), { run: `${host.run}-0` });
      const deaf = `kill() { :; }\n${haltStale(actorOf(host), 'x', '~').body.replace(/'10'$/, "'1'")}`;
      const answer = haltStale(actorOf(host), 'x', '~').parse(await host.askWithScript(deaf));
      context.expect(answer.survivors).toEqual(answer.stopped);
      context.expect(answer.survivors[0]).toMatch(/^\d+ sleep 300/);
    });
  });
});
