import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { spawnForeign } from '../support/foreign-process.ts';
import { isAlive, openLocalHost, readProc, waitFor, type LocalHost } from '../support/local-host.ts';
import {
  actorOf,
  job,
  membersOf,
  requestHalt,
  runJob,
  startJob,
  stateOf,
  unitFolder,
  waitForGone,
  waitForWord,
  wordsOf,
  workOf,
} from './jobs.ts';
import { eachShell } from './shells.ts';

const ignoringTerm = `trap '' TERM; while :; do sleep 0.2; done`;

describe.concurrent('a halt', () => {
  eachShell((shell) => {
    test('is told by the sentinel, and a job that honours it ends by itself', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'until [ -f .HALT ]; do sleep 0.1; done; exit 4', { sentinel: '.HALT', graceSeconds: 30 });
      context.expect(await requestHalt(host)).toEqual(['job']);
      const state = await waitForGone(host);
      context.expect(wordsOf(state)).toEqual(['sentinel .HALT', 'acknowledged', 'gone']);
      context.expect(readText(join(host.home, '.HALT'))).toBe('halt: a test asks\n');
      context.expect((await waitForWord(host, 'exited')).exitCode).toBe(4);
      await expectNothingLeft(host);
    });

    test('goes from the sentinel over TERM to KILL, and tells its moves in order', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, ignoringTerm, { sentinel: '.HALT', graceSeconds: 1 });
      await requestHalt(host);
      context.expect(wordsOf(await waitForGone(host))).toEqual(['sentinel .HALT', 'signal TERM', 'signal KILL', 'gone']);
      context.expect((await waitForWord(host, 'exited')).exitCode).toBe(137);
      await expectNothingLeft(host);
    });

    test('goes on with TERM when the sentinel cannot be written', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300', { sentinel: 'no/such/.HALT', graceSeconds: 600 });
      await requestHalt(host);
      context.expect(wordsOf(await waitForGone(host))).toEqual(['sentinel-failed no/such/.HALT', 'signal TERM', 'gone']);
    });

    test('ends what ignores TERM in sessions of its own, without our variables and by descent', async (context) => {
      const host = openLocalHost(context, { shell });
      const rank = `trap "" TERM; env -i sleep 300 & env -i setsid sleep 301 & while :; do sleep 0.2; done`;
      const started = 'touch "$HOME/rank-$0"';
      await runJob(host, `for rank in 0 1; do setsid sh -c '${started}; ${rank}' $rank & done\n${ignoringTerm}`);
      await waitFor('both ranks are there', () => existsSync(join(host.home, 'rank-0')) && existsSync(join(host.home, 'rank-1')));
      const stranger = spawnForeign(context, 'sleep', ['300'], { cwd: '/' });
      await requestHalt(host);
      await waitForGone(host);
      context.expect(await membersOf(host)).toEqual([]);
      context.expect(isAlive(stranger.pid)).toBe(true);
      await expectNothingLeft(host);
    });

    test('sends each process one TERM: a second one means something else to many a program', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, 'setsid sleep 301 & sleep 302 & exec sleep 300');
      const members = await waitFor('all three are there', async () => {
        const found = await membersOf(host);
        return found.filter(({ command }) => /^sleep 30\d$/.test(command)).length === 3 ? found : null;
      });
      const rank = members.find(({ command }) => command === 'sleep 301');
      const answer = await host.askWithScript(
        `kill() { say "$*"; }\nsend_signal '${host.run}' TERM '' 1 "$(members '${host.run}')"`,
      );
      context.expect(answer.stdout.toString()).toBe(`-TERM -${pid}\n-TERM ${rank?.pid}\n`);
    });

    test('is cut short by force, also when that comes later, and a later wish without it does not take it back', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, ignoringTerm, {
        sentinel: '.HALT',
        graceSeconds: 600,
        then: [{ signal: 'TERM' }, { waitSeconds: 600 }],
      });
      await requestHalt(host);
      await waitFor('the sentinel is told', async () => (await stateOf(host)).haltMoves.length > 0);
      const [guard] = readText(join(unitFolder(host), 'guard')).split(' ');
      process.kill(Number(guard), 'SIGSTOP');
      await requestHalt(host, { force: true });
      await requestHalt(host);
      process.kill(Number(guard), 'SIGCONT');
      context.expect(wordsOf(await waitForGone(host))).toEqual(['sentinel .HALT', 'signal KILL', 'gone']);
      await expectNothingLeft(host);
    });

    test('with a grace of its own waits that long', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, ignoringTerm, { sentinel: '.HALT', graceSeconds: 600 });
      await requestHalt(host, { graceSeconds: 1 });
      context.expect(wordsOf(await waitForGone(host))).toEqual(['sentinel .HALT', 'signal TERM', 'signal KILL', 'gone']);
    });

    test('is carried out by another guard when the first was killed', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      const guard = await waitFor(
        'the guard is there',
        () => Number(readText(join(unitFolder(host), 'guard')).split(' ')[0]) || null,
      );
      process.kill(guard, 'SIGKILL');
      await waitFor('it is gone', () => !isAlive(guard));
      await requestHalt(host);
      context.expect(wordsOf(await waitForGone(host))).toEqual(['signal TERM', 'gone']);
      await expectNothingLeft(host);
    });

    test('asked for again and again is one halt', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, ignoringTerm);
      await Promise.all([requestHalt(host), requestHalt(host), requestHalt(host)]);
      context.expect(wordsOf(await waitForGone(host))).toEqual(['signal TERM', 'signal KILL', 'gone']);
      context.expect(await requestHalt(host)).toEqual([]);
    });

    test('while the job is starting lets it never begin', async (context) => {
      const host = openLocalHost(context, { shell });
      const { body } = detachedExecutor.start(actorOf(host), job, workOf('touch began; exec sleep 300'));
      const slowly = `leave_running() { setsid sh -c 'until [ -f go ]; do sleep 0.1; done; exec "$@"' sh "$@" >/dev/null 2>&1 & }\npause() { :; }`;
      await host.askWithScript(`${slowly}\n${body}`);
      context.expect((await stateOf(host)).word).toBe('starting');
      context.expect(await requestHalt(host)).toEqual(['job']);
      writeFileSync(join(host.home, 'go'), '');
      const state = await waitForGone(host);
      context.expect(wordsOf(state)).toEqual(['gone']);
      context.expect((await waitForWord(host, 'exited')).exitCode).toBe(125);
      await expectNothingLeft(host);
      context.expect(existsSync(join(host.home, 'began'))).toBe(false);
    });

    test('by a newer controller also stops a start that was half made and not to be seen yet', async (context) => {
      const host = openLocalHost(context, { shell });
      await host.askWithScript('say here');
      const { body } = detachedExecutor.start(actorOf(host), job, workOf('touch began; exec sleep 300'));
      const waiting = `until [ -f go ]; do touch waits; sleep 0.1; done`;
      const slowly = `put() { case $1 in */owner) ${waiting} ;; esac; say "$2" >"$1"; }`;
      const starting = host.askWithScript(`${slowly}\n${body}`);
      await waitFor('the start is half made', () => existsSync(join(host.home, 'waits')));
      context.expect(await requestHalt(host, { token: 2 })).toEqual([]);
      writeFileSync(join(host.home, 'go'), '');
      await starting;
      context.expect((await waitForWord(host, 'exited')).exitCode).toBe(125);
      context.expect(existsSync(join(host.home, 'began'))).toBe(false);
    });

    test('does not keep the same controller from the next attempt', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      await requestHalt(host);
      await waitForGone(host);
      const second = { ...job, attempt: 2 };
      await startJob(host, workOf('exit 3'), { place: second });
      context.expect((await waitForWord(host, 'exited', second)).exitCode).toBe(3);
    });

    test('keeps the job of the attempt that it names from beginning, though its start comes later', async (context) => {
      const host = openLocalHost(context, { shell });
      const wish = { graceSeconds: 0, force: true, reason: 'too late', attempt: job.attempt };
      await host.call(detachedExecutor.requestHalt(actorOf(host), wish));
      await startJob(host, workOf('touch began'));
      context.expect((await waitForWord(host, 'exited')).exitCode).toBe(125);
      context.expect(existsSync(join(host.home, 'began'))).toBe(false);
    });

    test('of a start whose host went down in between ends too', async (context) => {
      const host = openLocalHost(context, { shell });
      const { body } = detachedExecutor.start(actorOf(host), job, workOf('touch began; exec sleep 300'));
      await context.expect(host.askWithScript(`leave_running() { kill -KILL 0; }\n${body}`)).rejects.toThrow('SIGKILL');
      context.expect(await requestHalt(host)).toEqual(['job']);
      const state = await waitForGone(host);
      context.expect(state.word).toBe('claimed');
      context.expect(wordsOf(state)).toEqual(['gone']);
      await expectNothingLeft(host);
    });

    test('ends what a job left behind when it ended by itself', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'setsid sleep 300 & (env -i sleep 301 &)');
      await waitForWord(host, 'exited');
      context.expect(await membersOf(host)).toHaveLength(2);
      context.expect(await requestHalt(host)).toEqual(['job']);
      context.expect(wordsOf(await waitForGone(host))).toEqual(['signal TERM', 'gone']);
      context.expect((await stateOf(host)).exitCode).toBe(0);
      await expectNothingLeft(host);
    });

    test('is made by the guard itself at the time limit, which is its verdict', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300', { timeLimitSeconds: 3 });
      const state = await waitForGone(host);
      context.expect(state.verdict).toBe('time-limit 3');
      context.expect(wordsOf(state)).toEqual(['signal TERM', 'gone']);
      context.expect((await waitForWord(host, 'exited')).exitCode).toBe(143);
      await expectNothingLeft(host);
    });

    test('at the time limit counts from the start, also by a guard that took the place of the first', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300', { timeLimitSeconds: 600 });
      const guard = await waitFor(
        'the guard is there',
        () => Number(readText(join(unitFolder(host), 'guard')).split(' ')[0]) || null,
      );
      process.kill(guard, 'SIGKILL');
      await waitFor('it is gone', () => !isAlive(guard));
      const began = join(unitFolder(host), 'began');
      writeFileSync(began, `${Number(readText(began)) - 600}\n`);
      await host.askWithScript(`leave_running sh "$FLEET_SCRIPT" guard "$FLEET_DIR" '${unitFolder(host)}'`);
      context.expect((await waitForGone(host)).verdict).toBe('time-limit 600');
    });

    test('has one guard, however many begin at the same moment', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      const guards = Array.from({ length: 3 }, () => `leave_running sh "$FLEET_SCRIPT" guard "$FLEET_DIR" '${unitFolder(host)}'`);
      await host.askWithScript(`rm '${unitFolder(host)}/guard'\n${guards.join('\n')}`);
      await waitFor('one is left', () => {
        const [kept] = readText(join(unitFolder(host), 'guard')).split(' ');
        const others = host.processes().filter((pid) => readProc(pid, 'cmdline').includes(`\0guard\0`) && String(pid) !== kept);
        return kept !== undefined && kept !== '' && others.length === 0;
      });
      await requestHalt(host);
      context.expect(wordsOf(await waitForGone(host))).toEqual(['signal TERM', 'gone']);
    });

    test('leaves other runs alone, and units that another machine with the same home has started', async (context) => {
      const host = openLocalHost(context, { shell });
      await startJob(host, workOf('exec sleep 300'), { run: `${host.run}-2` });
      const elsewhere = { ...job, worker: 1 };
      const folder = unitFolder(host, elsewhere);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'owner'), `${host.run} 1 1 1\n`);
      writeFileSync(join(folder, 'incarnation'), 'machine name boot space 1\n');
      context.expect(await requestHalt(host)).toEqual([]);
      context.expect(existsSync(join(folder, 'halt'))).toBe(false);
      context.expect((await stateOf(host, job, `${host.run}-2`)).word).toBe('running');
    });

    test.skipIf(process.getuid?.() !== 0)('names what it cannot end, and is proved only when that is gone', async (context) => {
      const host = openLocalHost(context, { shell, uid: 65534 });
      const stranger = spawnForeign(context, 'sleep', ['300']);
      await runJob(host, 'exec sleep 300', { then: [{ signal: 'KILL' }] });
      const [pid] = readText(join(unitFolder(host), 'pid')).split(' ');
      await waitFor('the guard is there', () => existsSync(join(unitFolder(host), 'guard')));
      // As if a process of ours had become root's: a recorded leader that may not be signalled.
      const other = unitFolder(host, { ...job, unit: 'other' });
      execFileSync('cp', ['-a', unitFolder(host), other]);
      writeFileSync(join(other, 'pid'), `${stranger.pid} ${stranger.start}\n`);
      writeFileSync(join(other, 'exit'), '0\n');
      await requestHalt(host);
      const survivors = await waitFor('the survivor is named', async () =>
        (await stateOf(host)).haltMoves.find((move) => move.includes(' survivors ')),
      );
      context.expect(survivors).toMatch(new RegExp(`survivors ${stranger.pid} S;$`));
      context.expect(isAlive(Number(pid))).toBe(false);
      process.kill(stranger.pid, 'SIGKILL');
      context.expect(wordsOf(await waitForGone(host)).at(-1)).toBe('gone');
      await expectNothingLeft(host);
    });
  });
});

async function expectNothingLeft(host: LocalHost): Promise<void> {
  await waitFor('nothing of ours is left, guard and wrapper included', () => host.processes().length === 0);
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
