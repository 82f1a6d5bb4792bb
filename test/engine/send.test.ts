import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { killAround } from '../support/gates.ts';
import { waitFor } from '../support/local-host.ts';
import { canMount } from '../support/mounting.ts';
import { usePeople, type Person } from '../support/person.ts';
import { openSmallHost, type SmallHost } from '../support/small-run.ts';

const { person } = usePeople();

interface Setting {
  who: Person;
  host: SmallHost;
  /** What is sent. */
  source: string;
  put: (name: string, content: string | Buffer) => string;
  launch: (prepare: string, rest?: string) => string[];
}

async function setUp(test: TestContext): Promise<Setting> {
  const who = person(test);
  const host = await openSmallHost(test, who);
  host.clear(who);
  const source = join(who.folder, 'source');
  mkdirSync(source);
  return {
    who,
    host,
    source,
    put: (name, content) => {
      const path = join(source, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
      return path;
    },
    launch: (prepare, rest = '') => {
      const text = `playbook: sends\nworkdir: @work\nprepare:\n  - { action: send it, ${prepare} }\n${rest}`;
      return ['launch', ...host.write('sends', `${text}launch: { run: exit 0, log: job.log }\n`)];
    },
  };
}

const said = (run: RunDocument) => run.checks.find(({ name }) => name === 'send it');

describe.concurrent('what a playbook sends', { timeout: 120_000 }, () => {
  it('gets to the host whole, whatever it is called; nothing of it is sent twice, and what is there besides is told', async (test) => {
    const { who, host, source, put, launch } = await setUp(test);
    const names = ['a', 'two words', 'new\nline', `"it's"`, '.hidden', '-rf', 'ünï', 'in/deep folder/b', 'skip.tmp', 'cache/big'];
    for (const name of names) put(name, `content of ${name}`);
    chmodSync(put('start.sh', '#!/bin/sh\n'), 0o755);
    symlinkSync('/etc/passwd', join(source, 'outside'));
    const to = join(host.work, 'code');
    mkdirSync(to);
    writeFileSync(join(to, 'mine'), 'stays');
    const send = `send: { from: source, to: code, exclude: ['*.tmp', cache/] }`;
    const planned = await who.run([...launch(send), '--dry-run']);
    expect(planned.stdout).toContain(`send ${source} to code, 9 files of 153 B, without *.tmp cache/`);
    expect(await who.run(launch(send))).toMatchObject({ code: 0 });
    expect(said(who.newest())?.observed).toMatch(
      /^9 sent, .*; there besides, and kept: "mine"; no files, and not sent: "outside"$/,
    );
    for (const name of names.slice(0, 8)) expect(readFileSync(join(to, name), 'utf8')).toBe(`content of ${name}`);
    expect(statSync(join(to, 'start.sh')).mode & 0o777).toBe(0o755);
    expect(readdirSync(to).toSorted()).toEqual([...names.slice(0, 7), 'in', 'mine', 'start.sh'].toSorted());

    put('a', 'changed');
    chmodSync(join(source, 'start.sh'), 0o644);
    writeFileSync(join(to, 'keep.tmp'), 'not looked at');
    expect(await who.run(launch(send.replace(' }', ', delete: true }')))).toMatchObject({ code: 0 });
    expect(said(who.newest())?.observed).toMatch(/^1 sent, 7 B; removed: "mine"; /);
    expect(readFileSync(join(to, 'a'), 'utf8')).toBe('changed');
    expect(statSync(join(to, 'start.sh')).mode & 0o111).toBe(0);
    expect([existsSync(join(to, 'mine')), existsSync(join(to, 'keep.tmp'))]).toEqual([false, true]);
  });

  it('goes on where it was when the controller was killed in the middle of a large file', async (test) => {
    const { who, host, put, launch } = await setUp(test);
    const megabyte = Buffer.alloc(1_048_576, 'abcdefg');
    const large = Buffer.concat(Array.from({ length: 20 }, (_, index) => Buffer.concat([megabyte, Buffer.from([index])])));
    put('large', large);
    const words = launch('send: { from: source, to: data }');
    expect((await who.start(words, killAround('before', "large' 4194304")).ended).signal).toBe('SIGKILL');
    const died = who.newest();
    expect(existsSync(join(host.work, 'data/large'))).toBe(false);
    expect(await who.run(['resume', died.id])).toMatchObject({ code: 0 });
    expect(said(who.newest())?.observed).toBe('1 sent, 16.8 MB');
    expect(readFileSync(join(host.work, 'data/large')).equals(large)).toBe(true);
    expect(readdirSync(join(host.work, 'data'))).toEqual(['large']);
  });

  it('is whole when the line was cut on the way', async (test) => {
    const { who, host, put, launch } = await setUp(test);
    const large = Buffer.alloc(64 * 1_048_576, 'abcdefg');
    put('large', large);
    const started = who.start(launch('send: { from: source, to: data }'));
    const to = join(host.work, 'data');
    await waitFor(
      'some of it is there',
      () => existsSync(to) && readdirSync(to).some((name) => name.startsWith('.fleet-sending.')),
    );
    host.server.cut();
    expect(await started.ended).toMatchObject({ code: 0 });
    expect(host.server.logins()).toBe(2);
    expect(readFileSync(join(to, 'large')).equals(large)).toBe(true);
    expect(readdirSync(to)).toEqual(['large']);
  });

  it('is what it was when the run was planned, or nothing', async (test) => {
    const { who, host, put, launch } = await setUp(test);
    put('a', 'planned');
    expect((await who.start(launch('send: { from: source, to: data }'), killAround('before', 'sent_sums')).ended).signal).toBe(
      'SIGKILL',
    );
    put('a', 'changed meanwhile');
    expect(await who.run(['resume', who.newest().id])).toMatchObject({ code: 3 });
    expect(said(who.newest())?.observed).toContain('is not what it was when the run was planned');
    expect(existsSync(join(host.work, 'data'))).toBe(false);
  });

  it('does not disturb a script that is running', async (test) => {
    const { who, host, put, launch } = await setUp(test);
    const file = put('run.sh', 'read -r go\necho old\n');
    mkdirSync(join(host.work, 'code'));
    writeFileSync(join(host.work, 'code/run.sh'), readFileSync(file));
    const script = spawn('bash', ['run.sh'], { cwd: join(host.work, 'code') });
    test.onTestFinished(() => void script.kill('SIGKILL'));
    let output = '';
    script.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise((resolve) => script.once('close', resolve));
    put('run.sh', 'read -r go\necho new\n');
    expect(await who.run(launch('send: { from: source, to: code }'))).toMatchObject({ code: 0 });
    script.stdin.end('go\n');
    await ended;
    expect([output, readFileSync(join(host.work, 'code/run.sh'), 'utf8')]).toEqual(['old\n', 'read -r go\necho new\n']);
  });

  it.skipIf(!canMount())('leaves the old file whole when the disk is full, and says so once', async (test) => {
    const { who, host, put, launch } = await setUp(test);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'none', host.work]);
    test.onTestFinished(() => void execFileSync('umount', ['-l', host.work]));
    writeFileSync(join(host.work, 'large'), 'old');
    put('large', Buffer.alloc(6_000_000, 1));
    const ended = await who.run(launch('send: { from: source/large, to: large }'));
    expect(ended.code).toBe(3);
    expect(said(who.newest())?.observed).toContain('No space left on device');
    expect(readFileSync(join(host.work, 'large'), 'utf8')).toBe('old');
    expect(readdirSync(host.work)).toEqual(['large']);
  });

  it('may be ten thousand small files', async (test) => {
    const { who, host, put, launch } = await setUp(test);
    for (let index = 0; index < 10_000; index++) put(`${index % 50}/${index}.txt`, `content ${index}`);
    expect(await who.run(launch('send: { from: source, to: data }'))).toMatchObject({ code: 0 });
    expect(said(who.newest())?.observed).toMatch(/^10000 sent, /);
    expect(readFileSync(join(host.work, 'data/49/9999.txt'), 'utf8')).toBe('content 9999');
  });
});

describe.concurrent('source at a commit', { timeout: 120_000 }, () => {
  const git = (folder: string, ...words: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t', ...words], { encoding: 'utf8' }).trim();

  function commit(source: string, text: string): string {
    git(source, 'add', '-A');
    git(source, 'commit', '-qm', text);
    return git(source, 'rev-parse', 'HEAD');
  }

  it('is checked out on the host without its history, never from the working tree, and a check of the source finds it', async (test) => {
    const { who, host, source, put, launch } = await setUp(test);
    git(source, 'init', '-q');
    put('old', 'only in history');
    commit(source, 'first');
    execFileSync('rm', [join(source, 'old')]);
    chmodSync(put('train.py', 'print(1)'), 0o755);
    const first = commit(source, 'second');
    git(source, 'tag', 'v1');
    put('train.py', 'not committed');
    const checkout = 'checkout: { repository: source, commit: v1, to: code }';
    const validate = `validate:\n  - { check: the source, git: { path: code, commit: ${first}, clean: true } }\n`;
    expect(await who.run(launch(checkout, validate))).toMatchObject({ code: 0 });
    const code = join(host.work, 'code');
    expect(readFileSync(join(code, 'train.py'), 'utf8')).toBe('print(1)');
    expect(statSync(join(code, 'train.py')).mode & 0o111).toBe(0o111);
    expect(readdirSync(code)).toEqual(['.git', 'train.py']);
    expect(git(code, 'rev-list', '--count', 'HEAD')).toBe('1');

    const second = commit(source, 'third');
    writeFileSync(join(code, 'train.py'), 'changed on the host');
    writeFileSync(join(code, 'out.csv'), 'of an earlier run');
    const next = launch(checkout.replace('v1', second));
    expect(await who.run(next)).toMatchObject({ code: 3 });
    expect(said(who.newest())?.observed).toMatch(/would be overwritten by checkout[^]*train\.py/);
    expect(readFileSync(join(code, 'train.py'), 'utf8')).toBe('changed on the host');

    git(code, 'checkout', '-q', 'train.py');
    expect(await who.run(next)).toMatchObject({ code: 0 });
    expect(said(who.newest())?.observed).toBe('checked out; the host had it');
    expect(readFileSync(join(code, 'train.py'), 'utf8')).toBe('not committed');
    expect(readdirSync(code)).toEqual(['.git', 'out.csv', 'train.py']);
  });

  it('is told before anything is begun when there is no such commit', async (test) => {
    const { who, source, put, launch } = await setUp(test);
    git(source, 'init', '-q');
    put('a', 'a');
    commit(source, 'first');
    const ended = await who.run(launch('checkout: { repository: source, commit: v9 }'));
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain(`sends.yaml:4: "send it": no commit, tag or branch "v9" in ${source}`);
    expect(who.runs()).toEqual([]);
  });
});
