import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { claimHost, putEnvironment, tidyRun, type HostClaim } from '../../src/remote/claims.ts';
import type { RemoteCommand } from '../../src/remote/command.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { archiveFiles } from '../../src/remote/files.ts';
import { findProcesses } from '../../src/remote/processes.ts';
import { listRecords } from '../../src/remote/records.ts';
import { signalMembers } from '../../src/remote/members.ts';
import { haltStale } from '../../src/remote/stale.ts';
import { openLocalHost, waitFor, type LocalHost } from '../support/local-host.ts';
import { actorOf, job, runJob, startJob, stateOf, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

describe.concurrent('the claim of a host', () => {
  eachShell((shell) => {
    test('belongs to one run, whose controller is told to the others, and is renewed by it', async (context) => {
      const host = openLocalHost(context, { shell });
      const first = await claim(host, 'one', 'ann@laptop  42');
      context.expect(first.claimed).toBe(true);
      context.expect(await claim(host, 'two')).toEqual({ claimed: false, run: 'one', owner: 'ann@laptop 42' });
      context.expect(await claim(host, 'one')).toEqual(first);
    });

    test('is given back by its owner alone', async (context) => {
      const host = openLocalHost(context, { shell });
      await claim(host, 'one');
      await host.call(tidyRun({ run: 'two', token: 1 }));
      context.expect((await claim(host, 'two')).claimed).toBe(false);
      await host.call(tidyRun({ run: 'one', token: 1 }));
      context.expect((await claim(host, 'two')).claimed).toBe(true);
      await host.call(tidyRun({ run: 'one', token: 1 }));
      context.expect(await claim(host, 'three')).toMatchObject({ claimed: false, run: 'two' });
    });

    test('goes with every trace of the environment, also of a push that was cut off', async (context) => {
      const host = openLocalHost(context, { shell });
      const files = () => readdirSync(join(host.folder, 'runs', host.run, 'a1/w0'));
      await claim(host, host.run);
      await host.call(putEnvironment(actorOf(host), 1, 0, ''));
      // What is left when the host goes down between the writing and the renaming.
      const cutOff = 'mv() { return 1; }\nrm() { :; }\n';
      await host.askWithScript(`${cutOff}echo canary | place "$FLEET_DIR/runs/${host.run}/a1/w0/env"`);
      context.expect(files()).toHaveLength(2);
      await host.call(tidyRun(actorOf(host)));
      context.expect(files()).toEqual([]);
    });

    test('holds for two minutes after its controller has last spoken', async (context) => {
      const host = openLocalHost(context, { shell });
      await claim(host, host.run);
      backdateBeat(host, 110);
      context.expect((await claim(host, 'two')).claimed).toBe(false);
      backdateBeat(host, 121);
      await host.call(detachedExecutor.watch(actorOf(host), job));
      context.expect((await claim(host, 'two')).claimed).toBe(false);
      backdateBeat(host, 121);
      // Whoever only wants to know does not speak for the run.
      await stateOf(host);
      context.expect((await claim(host, 'two')).claimed).toBe(true);
    });

    test('holds without its controller while the run has a process', async (context) => {
      const host = openLocalHost(context, { shell });
      await claim(host, host.run);
      const { pid } = await runJob(host, 'exec sleep 300');
      backdateBeat(host, 9999);
      context.expect(await claim(host, 'two')).toMatchObject({ claimed: false, run: host.run });
      await host.call(tidyRun(actorOf(host)));
      context.expect(await claim(host, 'two')).toMatchObject({ claimed: false, run: host.run });
      process.kill(pid ?? 0, 'SIGKILL');
      context.expect((await claim(host, 'two')).claimed).toBe(true);
    });

    test('is not believed in a later boot, and its own run takes it again', async (context) => {
      const host = openLocalHost(context, { shell });
      const first = await claim(host, 'one');
      rewriteClaim(host, (text) => text.replace(/ \d+\n$/, ' 17\n'));
      const second = await claim(host, 'one');
      context.expect(second).toMatchObject({ claimed: true });
      context.expect(second).not.toEqual(first);
      context.expect((await claim(host, 'two')).claimed).toBe(false);
      rewriteClaim(host, (text) => text.replace(/ \d+\n$/, ' 17\n'));
      context.expect((await claim(host, 'two')).claimed).toBe(true);
    });

    test('that a crash left empty is passed over', async (context) => {
      const host = openLocalHost(context, { shell });
      await claim(host, 'one');
      truncateSync(newestClaim(host));
      context.expect((await claim(host, 'two')).claimed).toBe(true);
      context.expect(await claim(host, 'one')).toMatchObject({ claimed: false, run: 'two' });
    });

    test('is won by one of five that ask at the same moment, also when an old claim is in their way', async (context) => {
      const host = openLocalHost(context, { shell });
      for (const round of ['first', 'second']) {
        const claims = await Promise.all([1, 2, 3, 4, 5].map((racer) => claim(host, `${round}-${racer}`)));
        context.expect(claims.filter(({ claimed }) => claimed)).toHaveLength(1);
        const winner = `${round}-${claims.findIndex(({ claimed }) => claimed) + 1}`;
        for (const other of claims) if (!other.claimed) context.expect(other.run).toBe(winner);
        backdateBeat(host, 9999);
      }
    });

    test('is not lost to a racer that looked before somebody else took over', async (context) => {
      const host = openLocalHost(context, { shell });
      await claim(host, 'old');
      backdateBeat(host, 9999);
      const late = `claim_holds() {
[ "$claim_run" = old ] || return 0
[ -n "$faster" ] || { faster=yes; (claim_host two 1 other) >/dev/null; }
return 1
}
faster=`;
      const answer = await host.askWithScript(`${late}\n${claimHost({ run: 'one', token: 1 }, 'test').body}`);
      context.expect(answer.stdout.toString()).toBe('busy two other\n');
    });
  });
});

describe.concurrent('the claims of slots', () => {
  eachShell((shell) => {
    test("stand side by side where they share no accelerator, and each is its own run's to renew and to give back", async (context) => {
      const host = openLocalHost(context, { shell });
      const first = await claim(host, 'one', 'test', [0]);
      const second = await claim(host, 'two', 'test', [1, 2]);
      context.expect([first.claimed, second.claimed]).toEqual([true, true]);
      context.expect(await claim(host, 'one', 'test', [0])).toEqual(first);
      context.expect(await claim(host, 'two', 'test', [1, 2])).toEqual(second);
      context.expect((await host.call(listRecords())).held.map(({ run }) => run).toSorted()).toEqual(['one', 'two']);
      await host.call(tidyRun({ run: 'two', token: 1 }));
      context.expect(await claim(host, 'three', 'test', [0])).toMatchObject({ claimed: false, run: 'one' });
      context.expect((await claim(host, 'three', 'test', [2])).claimed).toBe(true);
    });

    test('are refused beside a run that has the whole machine, and keep such a run away', async (context) => {
      const host = openLocalHost(context, { shell });
      await claim(host, 'whole');
      context.expect(await claim(host, 'one', 'test', [0])).toMatchObject({ claimed: false, run: 'whole' });
      await host.call(tidyRun({ run: 'whole', token: 1 }));
      await claim(host, 'one', 'test', [0]);
      await claim(host, 'two', 'test', [1]);
      context.expect(await claim(host, 'whole')).toMatchObject({ claimed: false, run: 'one' });
      await host.call(tidyRun({ run: 'one', token: 1 }));
      context.expect(await claim(host, 'whole')).toMatchObject({ claimed: false, run: 'two' });
      await host.call(tidyRun({ run: 'two', token: 1 }));
      context.expect((await claim(host, 'whole')).claimed).toBe(true);
    });

    test('go by the accelerators and not by names: those that share one are one too many', async (context) => {
      const host = openLocalHost(context, { shell });
      await claim(host, 'one', 'test', [0, 1]);
      context.expect(await claim(host, 'two', 'test', [1, 2])).toMatchObject({ claimed: false, run: 'one' });
      context.expect((await claim(host, 'ten', 'test', [10])).claimed).toBe(true);
    });

    test('are won by one of five that ask at the same moment for two accelerators or for all', async (context) => {
      const host = openLocalHost(context, { shell });
      const wishes = [[0], [1], null, [0], null];
      const claims = await Promise.all(wishes.map((indices, racer) => claim(host, `racer-${racer}`, 'test', indices)));
      const won = wishes.filter((_, racer) => claims[racer]?.claimed);
      context.expect(won.length).toBeGreaterThan(0);
      context.expect(won.includes(null) ? won.length : new Set(won.flat()).size).toBe(won.length);
    });

    test('that another took meanwhile let nobody start, and speak for nobody, and the neighbour keeps its own', async (context) => {
      const host = openLocalHost(context, { shell });
      await claim(host, host.run, 'test', [0]);
      backdateBeat(host, 121);
      await claim(host, 'neighbour', 'test', [1]);
      await claim(host, 'faster', 'test', [0]);
      const late = await host.call(detachedExecutor.start(actorOf(host), job, { ...workOf('touch began'), needsClaim: true }));
      context.expect(late).toEqual({ kind: 'claim-lost' });
      await host.call(tidyRun(actorOf(host)));
      const { held } = await host.call(listRecords());
      context.expect(held.map(({ run }) => run).toSorted()).toEqual(['faster', 'neighbour']);
    });

    test('keep the neighbour from being taken for a leftover', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, 'exec sleep 300');
      await claim(host, 'mine', 'test', [1]);
      const seen = async () => (await host.call(findProcesses('sleep 300', [1]))).map((found) => found.pid);
      await waitFor('the process, by its name', async () => (await seen()).includes(pid ?? 0));
      await claim(host, host.run, 'test', [0]);
      context.expect(await seen()).not.toContain(pid);
      context.expect(await host.call(haltStale({ run: 'mine', token: 1 }, 'sleep', '~'))).toMatchObject({ stopped: [] });
      context.expect((await stateOf(host)).word).toBe('running');
    });
  });
});

describe.concurrent('an older controller', () => {
  eachShell((shell) => {
    test('is shut out as soon as a newer one has looked', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      await host.call(detachedExecutor.watch(actorOf(host, 2), job));
      const { body } = detachedExecutor.requestHalt(actorOf(host, 1), { graceSeconds: null, force: true, reason: 'old' });
      context.expect((await host.askWithScript(body)).stdout.toString()).toBe('fenced 2\n');
      context.expect((await stateOf(host)).word).toBe('running');
    });

    test('is refused by everything that does something, and changes nothing', async (context) => {
      const host = openLocalHost(context, { shell });
      const [older, newer] = [actorOf(host, 9), actorOf(host, 10)];
      writeFileSync(join(host.home, 'metrics.csv'), 'kept');
      await startJob(host, workOf('exec sleep 300'), { token: newer.token });
      const commands: RemoteCommand<unknown>[] = [
        detachedExecutor.start(older, { ...job, attempt: 2 }, workOf('touch began')),
        detachedExecutor.requestHalt(older, { graceSeconds: null, force: true, reason: 'old' }),
        putEnvironment(older, 1, 0, 'export A=1\n'),
        claimHost(older, 'old'),
        tidyRun(older),
        haltStale(older, 'sleep', '~'),
        archiveFiles(older, '~', ['metrics.csv']),
        detachedExecutor.watch(older, job),
        signalMembers(older, 'sleep', 'USR1'),
      ];
      for (const { name, body } of commands) {
        const answer = await host.askWithScript(body);
        context
          .expect({ name, exitCode: answer.exitCode, stdout: answer.stdout.toString() })
          .toEqual({ name, exitCode: 91, stdout: 'fenced 10\n' });
      }
      context.expect((await stateOf(host)).word).toBe('running');
      context.expect(readdirSync(join(host.folder, 'runs', host.run)).toSorted()).toEqual(['a1', 'fence']);
      context.expect(readFileSync(join(host.home, 'metrics.csv'), 'utf8')).toBe('kept');
    });
  });
});

function claim(host: LocalHost, run: string, owner = 'test', indices: number[] | null = null): Promise<HostClaim> {
  return host.call(claimHost({ run, token: 1 }, owner, indices));
}

function newestClaim(host: LocalHost): string {
  const [machine = ''] = readdirSync(join(host.folder, 'claims'));
  const folder = join(host.folder, 'claims', machine);
  const newest = Math.max(
    ...readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number),
  );
  return join(folder, String(newest));
}

function rewriteClaim(host: LocalHost, change: (text: string) => string): void {
  writeFileSync(newestClaim(host), change(readFileSync(newestClaim(host), 'utf8')));
}

function backdateBeat(host: LocalHost, seconds: number): void {
  const uptime = Math.floor(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));
  writeFileSync(`${newestClaim(host)}.beat`, `${uptime - seconds}\n`);
}
