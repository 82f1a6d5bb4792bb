import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { writeArchive } from '../../src/engine/sending/archive.ts';
import { askAuthorCommand } from '../../src/remote/author-command.ts';
import { lookAtCheckout } from '../../src/remote/checkout.ts';
import { claimHost, putEnvironment, tidyRun } from '../../src/remote/claims.ts';
import type { RemoteCommand } from '../../src/remote/command.ts';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { keepNext } from '../../src/remote/fallback.ts';
import { archiveFiles, latestFiles, listFiles, readFrom, stampNewest } from '../../src/remote/files.ts';
import { sayHello } from '../../src/remote/hello.ts';
import { sendHostScript } from '../../src/remote/host-script.ts';
import { lookForLeftovers, stopLeftovers, takeSentinel } from '../../src/remote/leftovers.ts';
import { askKernelLog } from '../../src/remote/kernel-log.ts';
import { signalMembers, lookForMembers } from '../../src/remote/members.ts';
import { appendNote } from '../../src/remote/notes.ts';
import { appendSent, changeSent, listSent, sumSent, unpackSent } from '../../src/remote/sending.ts';
import { lookAtSource } from '../../src/remote/source.ts';
import { haltStale } from '../../src/remote/stale.ts';
import { openLocalHost, type LocalHost } from '../support/local-host.ts';
import { actorOf, job, runJob, workOf } from './jobs.ts';
import { eachShell } from './shells.ts';

type Make = (host: LocalHost) => RemoteCommand<unknown>;
const second = { ...job, unit: 'prepare-0' };

/** Every command; a job runs where that matters. */
const commands: [string, Make][] = [
  ['hello', () => sayHello()],
  ['claim', (host) => claimHost(actorOf(host), 'test')],
  ['environment', (host) => putEnvironment(actorOf(host), 1, 0, "export A='1'\n")],
  ['start', (host) => detachedExecutor.start(actorOf(host), second, workOf('echo began >>began; exec sleep 300'))],
  ['state', (host) => detachedExecutor.state(host.run, job)],
  ['watch', (host) => detachedExecutor.watch(actorOf(host), job)],
  ['output', (host) => detachedExecutor.output(host.run, job, 100)],
  ['members', (host) => lookForMembers(host.run)],
  ['dump', (host) => signalMembers(actorOf(host), 'sleep 300', 'USR1')],
  ['leftovers', (host) => lookForLeftovers(host.run, 2)],
  ['stop leftovers', (host) => stopLeftovers(actorOf(host), 'a test asks')],
  ['stop a unit', (host) => detachedExecutor.stopUnit(actorOf(host), second, 'a test asks')],
  ['next', (host) => keepNext(actorOf(host), job)],
  ['halt file', (host) => takeSentinel(actorOf(host), job)],
  ['kernel log', (host) => askKernelLog(host.run, job)],
  ['read', () => readFrom('work', { path: 'data', offset: 0, maxBytes: 100, headBytes: 0 })],
  ['list', () => listFiles('work', ['*'])],
  ['latest', () => latestFiles('work', '*', 'old')],
  ['stamp', () => stampNewest('work', 'none*', '-wal')],
  ['archive', (host) => archiveFiles(actorOf(host), 'work', ['old', 'data'])],
  ['note', (host) => appendNote(actorOf(host), 'work', 'docs/issues.md', { text: 'what failed\n(end)\n', mark: '(end)' })],
  ['append', (host) => appendSent(actorOf(host), 'work', { name: 'stage/sent', offset: 0, mode: 0o755 }, content)],
  ['unpack', (host) => unpackSent(actorOf(host), 'work', writeArchive([{ name: 'sent', mode: 0o600, bytes: content }]))],
  ['change', (host) => changeSent(actorOf(host), 'work', 'executable', ['data', 'old'])],
  ['remove', (host) => changeSent(actorOf(host), 'work', 'removed', ['data', 'no such file'])],
  ['sums', () => sumSent('work', ['data', 'no such file'], 0)],
  ['sent', () => listSent('work')],
  ['commit', (host) => lookAtCheckout(actorOf(host), 'work', '0'.repeat(40), '')],
  ['source', () => lookAtSource('work', '')],
  ['check', (host) => askAuthorCommand({ ...check, run: host.run })],
  ['stale', (host) => haltStale(actorOf(host), 'no such name', 'work')],
  ['tidy', (host) => tidyRun(actorOf(host))],
];
const content = Buffer.from('sent\n');
const jobs = new Set(['state', 'watch', 'output', 'members', 'dump', 'stale', 'tidy']);
const check = { attempt: 1, worker: 0, workdir: 'work', setup: '', command: 'ls -A; exit 3', environment: '', timeoutSeconds: 9 };

describe.concurrent('a command sent twice', () => {
  eachShell((shell) => {
    test.for(commands)('has its effect once and answers the same: %s', async ([name, make], context) => {
      const host = openLocalHost(context, { shell });
      mkdirSync(join(host.home, 'work'));
      for (const name of ['old', 'data']) writeFileSync(join(host.home, 'work', name), name);
      execFileSync('git', ['init', '-q', join(host.home, 'work')]);
      if (jobs.has(name)) await runJob(host, 'exec sleep 300');
      const command = make(host);
      const first = await host.call(command);
      const after = readTree(host.home);
      const again = await host.call(command);
      context.expect(withoutTimes(again)).toEqual(withoutTimes(first));
      context.expect(readTree(host.home)).toEqual(after);
    });

    test('leaves one whole script, whoever sends it and how often', async (context) => {
      const host = openLocalHost(context, { shell });
      await Promise.all([1, 2, 3, 4, 5].map(() => host.ask(sendHostScript(null))));
      const files = readdirSync(join(host.folder, 'lib'));
      context.expect(files).toHaveLength(1);
      const file = join(host.folder, 'lib', files[0] ?? '');
      const before = statSync(file);
      await host.ask(sendHostScript(null));
      context.expect(statSync(file).mode & 0o777).toBe(0o600);
      context.expect(statSync(file).size).toBe(before.size);
      context.expect((await host.call(sayHello())).writable).toBe(true);
    });
  });
});

describe.concurrent('a host without the script', () => {
  eachShell((shell) => {
    test('answers 90 and nothing else, also when a crash left the file empty', async (context) => {
      const host = openLocalHost(context, { shell });
      const { body } = sayHello();
      await host.call(sayHello());
      const [name = ''] = readdirSync(join(host.folder, 'lib'));
      writeFileSync(join(host.folder, 'lib', name), '');
      context.expect(await host.call(sayHello())).toMatchObject({ writable: true });
      context.expect(body).toBe('hello');
    });

    test('works in a folder with blanks and quotes in its name', async (context) => {
      const host = openLocalHost(context, { shell, remoteDir: "~/it's a $folder" });
      await runJob({ ...host, folder: join(host.home, "it's a $folder") }, 'exec sleep 300');
      const members = await host.call(lookForMembers(host.run));
      context.expect(members.map(({ command }) => command)).toEqual(['sleep 300']);
      context
        .expect(await host.call(detachedExecutor.requestHalt(actorOf(host), { graceSeconds: 0, force: true, reason: 'x' })))
        .toEqual(['job']);
    });
  });
});

/** Everything in the home but what only tells times. */
function readTree(home: string): Record<string, string> {
  const entries = readdirSync(home, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(files.filter((file) => !file.endsWith('.beat')).map((file) => [file, readFileSync(file, 'latin1')]));
}

function withoutTimes(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(/"uptimeSeconds":\d+/g, '"uptimeSeconds":0'));
}
