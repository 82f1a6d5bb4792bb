import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { exportLines } from '../../src/remote/author-command.ts';
import { putEnvironment } from '../../src/remote/claims.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { openLocalHost, readProc, readStat, waitFor } from '../support/local-host.ts';
import { actorOf, job, runJob, startJob, stateOf, unitFolder, waitForWord, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

describe.concurrent('a job', () => {
  eachShell((shell) => {
    test('runs in a session of its own, outside the one of its wrapper and of the question', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, 'exec sleep 300');
      const [wrapper] = readFileSync(join(unitFolder(host), 'wrapper'), 'utf8').split(' ');
      const jobStat = readStat(pid ?? 0);
      const wrapperStat = readStat(Number(wrapper));
      context.expect(jobStat).toMatchObject({ session: pid, group: pid });
      context.expect(wrapperStat).toMatchObject({ session: Number(wrapper) });
      context.expect(readFileSync(join(unitFolder(host), 'pid'), 'utf8')).toBe(`${pid} ${jobStat?.start}\n`);
    });

    test('has nothing on stdin, every signal at its default, and the umask of the login', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, 'umask >umask; readlink /proc/self/fd/0 >stdin; exec sleep 300');
      await waitFor('the job has written both', () => readText(join(host.home, 'stdin')) !== '');
      context.expect(readText(join(host.home, 'stdin'))).toBe('/dev/null\n');
      const usual = execFileSync('sh', ['-c', 'umask'], { encoding: 'utf8' });
      context.expect(Number.parseInt(readText(join(host.home, 'umask')), 8)).toBe(Number.parseInt(usual, 8));
      const status = readProc(pid ?? 0, 'status');
      context.expect(/^SigIgn:\s*(\w+)$/m.exec(status)?.[1]).toBe('0000000000000000');
      context.expect(/^SigBlk:\s*(\w+)$/m.exec(status)?.[1]).toBe('0000000000000000');
    });

    test('leaves no descriptor of ours open but the three usual ones', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, 'exec sleep 300');
      await waitFor('the job is sleep', () => readProc(pid ?? 0, 'cmdline').startsWith('sleep'));
      const ours = readdirSync(`/proc/${pid}/fd`).filter(
        (fd) => Number(fd) > 2 && readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(host.home),
      );
      context.expect(ours).toEqual([]);
    });

    test('carries its run, attempt and worker, and what was pushed, from a file that only its owner reads', async (context) => {
      const host = openLocalHost(context, { shell });
      const nasty = `it's "$HOME" \`id\` \\n\n-line two $(id)`;
      const pushed = exportLines([
        { name: 'NASTY', value: nasty },
        { name: 'FLEET_RUN_ID', value: 'not this' },
      ]);
      await host.call(putEnvironment(actorOf(host), 1, 0, pushed));
      context.expect(statSync(join(host.folder, `runs/${host.run}/a1/w0/env`)).mode & 0o777).toBe(0o600);
      const { pid } = await runJob(host, 'exec sleep 300', { needsEnvironment: true });
      await waitFor('the job is sleep', () => readProc(pid ?? 0, 'cmdline').startsWith('sleep'));
      const environment = readProc(pid ?? 0, 'environ').split('\0');
      context.expect(environment).toContain(`NASTY=${nasty}`);
      context
        .expect(environment)
        .toEqual(
          context.expect.arrayContaining([
            `FLEET_RUN_ID=${host.run}`,
            'FLEET_ATTEMPT=1',
            'FLEET_WORKER_INDEX=0',
            'PYTHONUNBUFFERED=1',
          ]),
        );
    });

    test('is not started while the environment that it needs is missing', async (context) => {
      const host = openLocalHost(context, { shell });
      context
        .expect(await startJob(host, workOf('exec sleep 300', { needsEnvironment: true })))
        .toEqual({ kind: 'environment-missing' });
      context.expect(existsSync(unitFolder(host))).toBe(false);
      context.expect(host.processes()).toEqual([]);
    });

    test('ends the pushed environment with its own end, and an environment that is there is not replaced', async (context) => {
      const host = openLocalHost(context, { shell });
      await host.call(putEnvironment(actorOf(host), 1, 0, "export A='first'\n"));
      await host.call(putEnvironment(actorOf(host), 1, 0, "export A='second'\n"));
      await runJob(host, 'echo "$A"');
      await waitForWord(host, 'exited');
      context.expect(readText(join(host.home, 'job.log'))).toBe('first\n');
      context.expect(existsSync(join(host.folder, `runs/${host.run}/a1/w0/env`))).toBe(false);
    });

    test.for([
      ['exit 0', 0],
      ['exit 7', 7],
      ['kill -KILL $$', 137],
      ['kill -INT $$; sleep 9', 130],
      ['no-such-command', 127],
      ['false | true', 0],
    ] as const)('tells the exit status of its own process: %s gives %i', async ([script, expected], context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, script);
      const state = await waitForWord(host, 'exited');
      context.expect(state.exitCode).toBe(expected);
      context.expect(await waitFor('everything of ours has left', () => host.processes().length === 0)).toBe(true);
    });

    test('appends both streams to its log, and says where the log began', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'job.log'), 'an older run\n');
      await runJob(host, 'echo out; echo err >&2');
      const state = await waitForWord(host, 'exited');
      context.expect(state.logStart).toBe(13);
      context.expect(readText(join(host.home, 'job.log'))).toBe('an older run\nout\nerr\n');
    });

    test('keeps its streams apart in its own folder when it has no log', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'echo out; echo err >&2; exit 3', { log: null });
      await waitForWord(host, 'exited');
      const output = await host.call(detachedExecutor.output(host.run, job, 1000));
      context
        .expect({ stdout: output.stdout.toString(), stderr: output.stderr.toString() })
        .toEqual({ stdout: 'out\n', stderr: 'err\n' });
    });

    test('goes to its workdir whatever CDPATH says, and to names with blanks, quotes and leading dashes', async (context) => {
      const host = openLocalHost(context, { shell, env: { CDPATH: '/tmp:/' } });
      const workdir = `-x 'of' "mine"/$HOME`;
      mkdirSync(join(host.home, workdir), { recursive: true });
      mkdirSync(join(host.home, 'tmp'));
      await runJob(host, 'pwd', { workdir, log: '-log of mine' });
      await waitForWord(host, 'exited');
      context.expect(readText(join(host.home, workdir, '-log of mine'))).toBe(`${join(host.home, workdir)}\n`);
      const other = { ...job, unit: 'prepare-0' };
      await startJob(host, workOf('pwd', { workdir: 'tmp', log: '~/other.log' }), { place: other });
      await waitForWord(host, 'exited', other);
      context.expect(readText(join(host.home, 'other.log'))).toBe(`${join(host.home, 'tmp')}\n`);
    });

    test.for([
      ['the workdir is missing', { workdir: 'not there' }, /cannot enter the workdir not there/],
      ['the workdir is a file', { workdir: 'job.log' }, /cannot enter the workdir job.log/],
      ['the log is a folder', { log: 'folder' }, /cannot open the log folder/],
      ['the folder of the log is missing', { log: 'no/such/log' }, /cannot open the log no\/such\/log/],
    ] as const)('does not begin when %s, and says so with exit 126', async ([, work, message], context) => {
      const host = openLocalHost(context, { shell });
      mkdirSync(join(host.home, 'folder'));
      writeFileSync(join(host.home, 'job.log'), '');
      await runJob(host, 'touch began', work);
      const state = await waitForWord(host, 'exited');
      context.expect(state.exitCode).toBe(126);
      context.expect((await host.call(detachedExecutor.output(host.run, job, 1000))).stderr.toString()).toMatch(message);
      context.expect(existsSync(join(host.home, 'began'))).toBe(false);
    });

    test('goes on without its wrapper, and is gone without an exit status when it ends', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, 'exec sleep 300');
      process.kill(Number(readText(join(unitFolder(host), 'wrapper')).split(' ')[0]), 'SIGKILL');
      context.expect((await stateOf(host)).word).toBe('running');
      process.kill(pid ?? 0, 'SIGKILL');
      const state = await waitForWord(host, 'gone');
      context.expect(state.exitCode).toBeNull();
      await waitFor('the guard has left', () => host.processes().length === 0);
    });

    test('is ending as soon as its process is a zombie', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, 'exec sleep 300');
      const wrapper = Number(readText(join(unitFolder(host), 'wrapper')).split(' ')[0]);
      process.kill(wrapper, 'SIGSTOP');
      await waitFor('the wrapper has stopped', () => readStat(wrapper)?.state === 'T');
      process.kill(pid ?? 0, 'SIGKILL');
      await waitFor('the job is a zombie', () => readStat(pid ?? 0)?.state === 'Z');
      context.expect((await stateOf(host)).word).toBe('ending');
      process.kill(wrapper, 'SIGCONT');
      context.expect((await waitForWord(host, 'exited')).exitCode).toBe(137);
    });

    test('writes its exit status by renaming: no reader ever sees an empty one', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exit 5');
      await waitForWord(host, 'exited');
      const files = readdirSync(unitFolder(host));
      context.expect(files.filter((name) => name.includes('.tmp'))).toEqual([]);
      context.expect(readText(join(unitFolder(host), 'exit'))).toBe('5\n');
    });

    test('is not taken for a process that has its pid now', async (context) => {
      const host = openLocalHost(context, { shell });
      const { pid } = await runJob(host, 'exit 0');
      await waitForWord(host, 'exited');
      await waitFor('everything of ours has left', () => host.processes().length === 0);
      writeFileSync(join(unitFolder(host), 'pid'), `${process.pid} 1\n`);
      execFileSync('rm', [join(unitFolder(host), 'exit')]);
      context.expect(pid).not.toBe(process.pid);
      context.expect((await stateOf(host)).word).toBe('gone');
    });

    test('is not taken for living when it was started in another boot, whatever has its pid', async (context) => {
      const host = openLocalHost(context, { shell });
      await runJob(host, 'exec sleep 300');
      const file = join(unitFolder(host), 'incarnation');
      writeFileSync(file, readText(file).replace(/ \d+\n$/, ' 17\n'));
      const state = await stateOf(host);
      context.expect(state.word).toBe('gone');
      context.expect(state.startedOn).not.toBe(state.incarnation);
    });
  });
});

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
