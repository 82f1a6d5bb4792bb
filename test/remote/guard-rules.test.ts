import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, vi } from 'vitest';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { parseSamples } from '../../src/remote/detached/samples.ts';
import type { UnitWork } from '../../src/remote/executor.ts';
import { findProgram, missingReason, openLocalHost, waitFor, type LocalHost } from '../support/local-host.ts';
import { actorOf, job, membersOf, runJob, startJob, stateOf, unitFolder, waitForGone, waitForWord, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

// They wait for the clock of the host, and do little else.
vi.setConfig({ maxConcurrency: 12 });

const stall = { file: 'beat', contains: '"progress"', noNewLineSeconds: 4, firstLineSeconds: 4 };
const progress = '{"msg":"progress"}\n';
const watchdog = '{"msg":"watchdog"}\n';

/** Writes a line into the beat every half second, until `stop` is there. */
const writing = (line: string) => `until [ -f stop ]; do printf '%s\\n' '${line.trim()}' >>beat; sleep 0.5; done; exec sleep 300`;

const beat = (host: LocalHost) => join(host.home, 'beat');
const waitForStall = async (host: LocalHost) => {
  const state = await waitForWord(host, 'exited');
  return { verdict: state.verdict?.split(' ')[0] ?? null, left: (await membersOf(host)).length };
};
const uptime = () => Number(readFileSync('/proc/uptime', 'utf8').split('.')[0]);
/** Longer than the rule allows, on the clock that it goes by. */
const outlive = (seconds: number) => {
  const until = uptime() + seconds + 3;
  return waitFor('the rule would have held', () => uptime() > until, 60_000);
};
const run = (host: LocalHost, script: string, other: Partial<UnitWork> = {}) => runJob(host, script, { stall, ...other });

describe.concurrent('the stall rule of the guard', { timeout: 120_000 }, () => {
  eachShell((shell) => {
    test('stops a job that writes no line of progress, with no controller, and says for how long', async (context) => {
      const host = openLocalHost(context, { shell });
      await run(host, 'exec sleep 300');
      context.expect(await waitForStall(host)).toEqual({ verdict: 'stall', left: 0 });
      const reason = readFileSync(join(unitFolder(host), 'halt'), 'utf8');
      context.expect(reason).toBe('reason no line with ""progress"" in beat within 4 s\nonly this unit\n');
    });

    test('leaves a job alone while its lines come, and stops it when only a watchdog goes on', async (context) => {
      const host = openLocalHost(context, { shell });
      await run(host, writing(progress));
      await outlive(stall.noNewLineSeconds);
      context.expect(await stateOf(host)).toMatchObject({ word: 'running', verdict: null });
      writeFileSync(join(host.home, 'stop'), '');
      const dog = setInterval(() => appendFileSync(beat(host), watchdog), 300);
      context.onTestFinished(() => clearInterval(dog));
      context.expect(await waitForStall(host)).toEqual({ verdict: 'stall', left: 0 });
    });

    test('does not count the lines of an older run, nor those of a file that was put in its place', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(beat(host), progress.repeat(20));
      await run(host, 'exec sleep 300');
      context.expect(await waitForStall(host)).toEqual({ verdict: 'stall', left: 0 });
    });

    test('goes on with a file that comes late, is truncated, or is replaced', async (context) => {
      const host = openLocalHost(context, { shell });
      const long = { ...stall, noNewLineSeconds: 6, firstLineSeconds: 9 };
      await run(host, 'exec sleep 300', { stall: long });
      const changes = [
        () => writeFileSync(beat(host), progress.repeat(3)),
        () => writeFileSync(beat(host), progress),
        () => (writeFileSync(`${beat(host)}.new`, progress), renameSync(`${beat(host)}.new`, beat(host))),
      ];
      for (const change of changes) {
        await outlive(1);
        change();
      }
      await outlive(1);
      context.expect(await stateOf(host)).toMatchObject({ word: 'running', verdict: null });
      context.expect(await waitForStall(host)).toEqual({ verdict: 'stall', left: 0 });
    });

    test('sees a line whose text came in two pieces', async (context) => {
      const host = openLocalHost(context, { shell });
      await run(host, 'exec sleep 300', { stall: { ...stall, noNewLineSeconds: 300, firstLineSeconds: 12 } });
      writeFileSync(beat(host), '{"msg":"prog');
      await outlive(1);
      appendFileSync(beat(host), 'ress"}\n');
      await outlive(12);
      context.expect(await stateOf(host)).toMatchObject({ word: 'running', verdict: null });
    });

    test('does not hang with its file: the time limit holds all the same', async (context) => {
      const host = openLocalHost(context, { shell });
      const ls = findProgram('ls') ?? '';
      writeFileSync(join(host.home, 'ls'), `#!/bin/sh\n[ ! -e "$HOME/hung" ] || exec sleep 303\nexec ${ls} "$@"\n`, {
        mode: 0o755,
      });
      writeFileSync(beat(host), progress);
      const work = workOf('touch "$HOME/hung"; exec sleep 300', { stall, timeLimitSeconds: 10 });
      await host.askWithScript(`PATH="$HOME:$PATH"\n${detachedExecutor.start(actorOf(host), job, work).body}`);
      context.expect((await waitForWord(host, 'exited')).verdict).toBe('time-limit 10');
    });

    test('is kept by the guard that a look brings back when the first was killed', async (context) => {
      const host = openLocalHost(context, { shell });
      await run(host, 'exec sleep 300', { stall: { ...stall, firstLineSeconds: 8, noNewLineSeconds: 8 } });
      const guard = () => Number(readFileSync(join(unitFolder(host), 'guard'), 'utf8').split(' ')[0]);
      await waitFor('the guard is there', () => existsSync(join(unitFolder(host), 'guard')));
      const first = guard();
      process.kill(first, 'SIGKILL');
      await waitFor('another one guards', async () => {
        await host.call(detachedExecutor.watch(actorOf(host), job));
        return guard() !== first;
      });
      context.expect(await waitForStall(host)).toEqual({ verdict: 'stall', left: 0 });
    });
  });
});

describe.concurrent('the disk floor of the guard', { timeout: 120_000 }, () => {
  eachShell((shell) => {
    test('stops a job when less is free, in two looks, and names the floor', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300', { disk: { path: '.', freeBytes: 1e18 } });
      const state = await waitForWord(host, 'exited');
      context.expect(state.verdict).toMatch(/^disk-floor \d+ \.$/);
      context.expect(await membersOf(host)).toEqual([]);
    });

    test('does not take a tool that hangs for a full disk, and the other rules hold', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'df'), '#!/bin/sh\nexec sleep 301\n', { mode: 0o755 });
      const work = workOf('exec sleep 300', { disk: { path: '.', freeBytes: 1e18 }, timeLimitSeconds: 14 });
      await host.askWithScript(`PATH="$HOME:$PATH"\n${detachedExecutor.start(actorOf(host), job, work).body}`);
      context.expect((await waitForWord(host, 'exited')).verdict).toBe('time-limit 14');
    });

    test('does not take a path that is not there for a full disk', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300', { disk: { path: 'no/such', freeBytes: 1e18 }, timeLimitSeconds: 14 });
      context.expect((await waitForWord(host, 'exited')).verdict).toBe('time-limit 14');
    });
  });
});

describe('a host that has nothing but busybox', { timeout: 120_000 }, () => {
  const missing = missingReason('busybox');

  test.skipIf(missing !== null)('keeps the rules, and takes samples', async (context) => {
    const host = openLocalHost(context, { shell: 'busybox', tools: 'busybox' });
    const sampling = { script: 'echo 0, 4', everySeconds: 1, beside: 'beat' };
    const script = `echo '${progress.trim()}' >>beat; exec sleep 300`;
    await run(host, script, { stall: { ...stall, firstLineSeconds: 600 }, disk: { path: '.', freeBytes: 1 }, sampling });
    context.expect((await waitForGone(host)).verdict).toBe('stall 4');
    context.expect(readSamples(host).at(-1)).toMatchObject({ bytesBeside: progress.length, text: '0, 4' });
    const full = { ...job, unit: 'other' };
    await startJob(host, workOf('exec sleep 300', { disk: { path: '.', freeBytes: 1e18 } }), { place: full });
    context.expect((await waitForWord(host, 'exited', full)).verdict).toMatch(/^disk-floor \d+ \.$/);
    await waitFor('nothing is left', () => host.processes().length === 0);
  });
});

describe.concurrent('samples beside a job', { timeout: 120_000 }, () => {
  eachShell((shell) => {
    test('are taken with no controller, each whole, with the clock of the host and the length of the file beside', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'training.csv'), '12345');
      await runJob(host, 'exec sleep 300', {
        sampling: { script: 'echo "a b"; echo; echo c', everySeconds: 1, beside: 'training.csv' },
      });
      const samples = await waitFor('three samples', () => {
        const found = readSamples(host);
        return found.length >= 3 ? found : null;
      });
      context.expect(samples[0]).toMatchObject({ offset: 1, bytesBeside: 5, text: 'a b\n\nc' });
      context.expect(samples.every(({ uptimeSeconds }) => Math.abs(uptimeSeconds - uptime()) < 60)).toBe(true);
      context.expect((await membersOf(host)).map(({ command }) => command)).toEqual(['sleep 300']);
    });

    test('that hang hold up nothing, and are not joined by others', async (context) => {
      const host = openLocalHost(context, { shell });
      const script = 'echo begun >>begun; exec sleep 302';
      await runJob(host, 'exec sleep 300', {
        timeLimitSeconds: 8,
        sampling: { script: `cd "${host.home}"; ${script}`, everySeconds: 1, beside: null },
      });
      context.expect((await waitForWord(host, 'exited')).verdict).toBe('time-limit 8');
      context.expect(readFileSync(join(host.home, 'begun'), 'utf8')).toBe('begun\n');
      context.expect(await membersOf(host)).toEqual([]);
    });
  });

  test('that a full disk has cut off are passed over, and the next ones are read', ({ expect }) => {
    const text =
      '\nfleet-sample 5 -\nhalf\nfle\nfleet-sample 6 70\nwhole\nfleet-sample-end\n\nfleet-sample 7 -\nhung\nfleet-sample-end\n\nfleet-sample 8 -\n';
    const { samples, consumed } = parseSamples(Buffer.from(text), 100);
    expect(samples).toEqual([
      { offset: 100 + text.indexOf('fleet-sample 6'), uptimeSeconds: 6, bytesBeside: 70, text: 'whole' },
      { offset: 100 + text.indexOf('fleet-sample 7'), uptimeSeconds: 7, bytesBeside: null, text: null },
    ]);
    expect(text.slice(consumed)).toBe('\nfleet-sample 8 -\n');
  });
});

function readSamples(host: LocalHost) {
  const file = join(unitFolder(host), 'samples');
  return existsSync(file) ? parseSamples(readFileSync(file), 0).samples : [];
}
