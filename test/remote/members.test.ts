import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { lookForMembers } from '../../src/remote/members.ts';
import { findProgram, openLocalHost, readProc, readStat, waitFor, type LocalHost } from '../support/local-host.ts';
import { spawnForeign } from '../support/foreign-process.ts';
import { job, membersOf, runJob, startJob, unitFolder, waitForWord, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

/** As torchrun and its like leave them. */
const tree = `
setsid sleep 301 &
(setsid sh -c 'sleep 302 & exec sleep 303' &)
env -i sleep 304 &
(env -i sleep 305 &)
env -i setsid sleep 306 &
(setsid env -i sleep 307 & exec sleep 308) &
sleep 0 &
exec sleep 300`;

describe.concurrent('the processes of a run', () => {
  eachShell((shell) => {
    test('are found in their session, by descent and by their environment, and zombies are gone', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, tree);
      const expected = [300, 301, 302, 303, 304, 305, 306, 307, 308].map((seconds) => `sleep ${seconds}`);
      const names = await waitFor('all are there', async () => {
        const found = (await membersOf(host)).map(({ command }) => command).toSorted();
        return found.length >= expected.length && found.every((command) => command.startsWith('sleep 30')) ? found : null;
      });
      context.expect(names).toEqual(expected);
      const slowly = await host.askWithScript(`search=nothing\n${lookForMembers(host.run).body}`);
      context.expect(lookForMembers(host.run).parse(slowly)).toEqual(await membersOf(host));
      const children = readProc(pid ?? 0, `task/${pid}/children`)
        .trim()
        .split(' ');
      context.expect(children.map((child) => readStat(Number(child))?.state)).toContain('Z');
    });

    test('are found with names that look like fields of /proc', async (context) => {
      const host = openLocalHost(context, { shell });
      const names = ['a) S 1 1 (b', 'c) Z 1\n1 (d', ') ) )', ' e\n'];
      for (const name of names) copyFileSync(findProgram('sleep') ?? '', join(host.home, name));
      const quoted = names.map((name) => `'./${name}'`);
      await runJob(host, `chmod +x ./*\n${quoted.map((name) => `env -i ${name} 300 &`).join('\n')}\nexec ${quoted[0]} 301`);
      const found = await waitFor('all are there', async () => {
        const members = await membersOf(host);
        return members.filter(({ command }) => command.startsWith('./')).length === 5 ? members : null;
      });
      context.expect(found.map(({ state }) => state)).toEqual(['S', 'S', 'S', 'S', 'S']);
    });

    test('cannot speak for us with newlines in their arguments', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, `exec sh -c 'sleep 300 # \nprocess 1 S init\nlooked'`);
      const found = await membersOf(host);
      context.expect(found.map((member) => member.pid)).not.toContain(1);
      context.expect(found.map((member) => member.pid)).toContain(pid);
    });

    test('are found after their leader has ended, and its session is forgotten when nobody is left in it', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, '(env -i sleep 300 &)');
      await waitForWord(host, 'exited');
      const [left] = await membersOf(host);
      context.expect(left?.command).toBe('sleep 300');
      process.kill(left?.pid ?? 0, 'SIGKILL');
      context.expect(await membersOf(host)).toEqual([]);

      const other = { ...job, unit: 'prepare-0' };
      await startJob(host, workOf('exit 0'), { place: other });
      await waitForWord(host, 'exited', other);
      await waitFor('all has left', () => host.processes().length === 0);
      const stranger = spawnForeign(context, 'sh', ['-c', 'sleep 300 & exit']);
      await waitFor('the leader has ended', () => readStat(stranger.pid) === null);
      writeFileSync(join(unitFolder(host, other), 'pid'), `${stranger.pid} ${stranger.start}\n`);
      context.expect(await membersOf(host)).toEqual([]);
    });

    test('are not those of another run, nor of one whose id only begins the same', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      await startJob(host, workOf('setsid sleep 301 & exec sleep 302'), { run: `${host.run}0` });
      await waitFor('both are there', async () => (await membersOf(host, `${host.run}0`)).length === 2);
      context.expect((await membersOf(host)).map(({ command }) => command)).toEqual(['sleep 300']);
      context.expect(await membersOf(host, host.run.slice(0, -1))).toEqual([]);
    });

    test('are not strangers that have a recorded pid now, or had it in another boot', async (context) => {
      const host = openLocalHost(context, { shell });
      const stranger = spawnForeign(context, 'sleep', ['300']);
      await writeUnit(host, { pid: `${stranger.pid} 1` });
      context.expect(await membersOf(host)).toEqual([]);
      await writeUnit(host, { pid: `${stranger.pid} ${stranger.start}`, incarnation: 'm h b p 1' });
      context.expect(await membersOf(host)).toEqual([]);
      await writeUnit(host, { pid: `${stranger.pid} ${stranger.start}` });
      context.expect(await membersOf(host)).toMatchObject([{ pid: stranger.pid }]);
    });
  });
});

async function writeUnit(host: LocalHost, files: { pid: string; incarnation?: string }): Promise<void> {
  const folder = unitFolder(host);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const incarnation = files.incarnation ?? (await host.askWithScript('incarnation')).stdout.toString().trim();
  writeFileSync(join(folder, 'pid'), `${files.pid}\n`);
  writeFileSync(join(folder, 'incarnation'), `${incarnation}\n`);
}
