import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { claimHost } from '../../src/remote/claims.ts';
import { keepRecord, listRecords, readRecord, sweepRuns } from '../../src/remote/records.ts';
import { openLocalHost, type LocalHost } from '../support/local-host.ts';
import { actorOf, job, requestHalt, runJob, startJob, stateOf, unitFolder, waitForWord, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

const sweeper = { run: 'sweeper', token: 1 };
const folderOf = (host: LocalHost, run = host.run) => join(host.folder, 'runs', run);
const sweep = (host: LocalHost, ...runs: string[]) => host.call(sweepRuns(sweeper, runs));

describe.concurrent('the record of a run', () => {
  eachShell((shell) => {
    test('is listed with the highest token, the newest attempt, and whether a halt was asked for', async (context) => {
      const host = openLocalHost(context, { shell });
      const list = async () => (await host.call(listRecords())).records;
      context.expect(await list()).toEqual([]);
      await host.call(keepRecord(actorOf(host, 3), `{"text":"it's \\n $HOME"}`));
      context.expect(await list()).toEqual([{ run: host.run, token: 3, attempt: 0, halt: false }]);
      context.expect(await host.call(readRecord(host.run))).toBe(`{"text":"it's \\n $HOME"}`);
      for (const attempt of [1, 2]) await startJob(host, workOf('exec sleep 300'), { token: 10, place: { ...job, attempt } });
      await requestHalt(host, { force: true, token: 11 });
      context.expect(await list()).toEqual([{ run: host.run, token: 11, attempt: 2, halt: true }]);
    });

    test('stands beside who has the machine, and since when nothing was heard of it', async (context) => {
      const host = openLocalHost(context, { shell });
      context.expect((await host.call(listRecords())).held).toEqual([]);
      await host.call(claimHost(actorOf(host), 'ann@laptop (pid 42)'));
      const [held] = (await host.call(listRecords())).held;
      context.expect(held).toMatchObject({ run: host.run, owner: 'ann@laptop (pid 42)' });
      context.expect(held?.secondsAgo).toBeLessThan(60);
    });
  });
});

describe.concurrent('the folder of a run', () => {
  eachShell((shell) => {
    test('that has ended is removed, and a second time there is nothing to remove', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'true');
      await waitForWord(host, 'exited');
      const swept = { swept: [host.run, 'never-there'], inUse: [] };
      // The guard looks twice a second, and leaves when the unit has ended.
      for (let last = await sweep(host, host.run); last.swept.length === 0; last = await sweep(host, host.run));
      context.expect(existsSync(folderOf(host))).toBe(false);
      context.expect(await sweep(host, host.run, 'never-there')).toEqual(swept);
    });

    test('stays while its job runs, and while a process that it left lives', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'setsid sleep 300 </dev/null >/dev/null 2>&1 & exec sleep 301');
      context.expect(await sweep(host, host.run)).toEqual({ swept: [], inUse: [host.run] });
      process.kill((await stateOf(host)).pid ?? 0, 'SIGKILL');
      await waitForWord(host, 'exited');
      context.expect(await sweep(host, host.run)).toEqual({ swept: [], inUse: [host.run] });
      context.expect(existsSync(folderOf(host))).toBe(true);
    });

    test('stays when it is of another machine that shares it, and when it is no folder of a run', async (context) => {
      const host = openLocalHost(context, { shell });
      mkdirSync(unitFolder(host), { recursive: true });
      writeFileSync(join(unitFolder(host), 'claim'), '1 1\nanother machine boot pid:[1] 7\n');
      context.expect(await sweep(host, host.run)).toEqual({ swept: [], inUse: [host.run] });
      context.expect(await sweep(host, '..', '.', '../claims')).toEqual({ swept: [], inUse: [] });
      context.expect(existsSync(host.folder)).toBe(true);
    });
  });
});
