import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { archiveFiles, latestFiles, listFiles, readFrom, stampNewest, type FilePart } from '../../src/remote/files.ts';
import { openLocalHost, type LocalHost } from '../support/local-host.ts';
import { actorOf } from './jobs.ts';
import { eachShell } from './shells.ts';

describe.concurrent('reading a file', () => {
  eachShell((shell) => {
    test('gives the bytes after an offset, as they are, and at most as many as were asked for', async (context) => {
      const host = openLocalHost(context, { shell });
      const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) % 256));
      writeFileSync(join(host.home, 'data'), bytes);
      for (const [offset, maxBytes] of [
        [0, 10],
        [1, 5],
        [65_535, 3],
        [65_536, 70_000],
        [131_073, 1_000_000],
        [199_999, 10],
      ] as const) {
        const part = await read(host, 'data', { offset, maxBytes });
        context.expect(part).toMatchObject({ kind: 'file', size: 200_000 });
        if (part.kind === 'file')
          context.expect(part.bytes.equals(bytes.subarray(offset, Math.min(offset + maxBytes, 200_000)))).toBe(true);
      }
    });

    test('gives numbers alone when nothing is new, and says when the file became shorter', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'data'), 'one\ntwo\n');
      context.expect(await read(host, 'data', { offset: 8 })).toMatchObject({ size: 8, head: null, bytes: Buffer.alloc(0) });
      truncateSync(join(host.home, 'data'), 4);
      context.expect(await read(host, 'data', { offset: 8 })).toMatchObject({ size: 4, bytes: Buffer.alloc(0) });
    });

    test('tells a file from another of the same name by its inode and its beginning', async (context) => {
      const host = openLocalHost(context, { shell });
      const file = join(host.home, 'data');
      writeFileSync(file, 'step,loss\n1,2\n');
      const first = fileOf(await read(host, 'data'));
      context.expect(first).toMatchObject({ inode: String(statSync(file).ino), headBytes: 14 });
      writeFileSync(file, 'step,loss\n1,2\n2,1\n');
      context
        .expect(fileOf(await read(host, 'data', { headBytes: first.headBytes })))
        .toMatchObject({ inode: first.inode, head: first.head });
      writeFileSync(file, 'loss,step\n1,2\n2,1\n');
      context.expect(fileOf(await read(host, 'data', { headBytes: first.headBytes })).head).not.toBe(first.head);
      writeFileSync(join(host.home, 'other'), 'step,loss\n1,2\n');
      renameSync(join(host.home, 'other'), file);
      const replaced = fileOf(await read(host, 'data'));
      context.expect(replaced.head).toBe(first.head);
      context.expect(replaced.inode).not.toBe(first.inode);
    });

    test('reads a long head only as far as 256 bytes', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'data'), 'x'.repeat(1000));
      context.expect(fileOf(await read(host, 'data')).headBytes).toBe(256);
      writeFileSync(join(host.home, 'data'), '');
      context.expect(await read(host, 'data')).toMatchObject({ kind: 'file', size: 0, headBytes: 0 });
    });

    test('says what is absent and what cannot be read', async (context) => {
      const host = openLocalHost(context, { shell });
      mkdirSync(join(host.home, 'folder'));
      execFileSync('mkfifo', [join(host.home, 'pipe')]);
      symlinkSync('nowhere', join(host.home, 'dangling'));
      context.expect(await read(host, 'nothing')).toEqual({ kind: 'absent' });
      context.expect(await read(host, 'dangling')).toEqual({ kind: 'absent' });
      context.expect(await read(host, 'folder')).toEqual({ kind: 'unreadable' });
      context.expect(await read(host, 'pipe')).toEqual({ kind: 'unreadable' });
      context
        .expect(await host.call(readFrom('no/workdir', { path: 'x', offset: 0, maxBytes: 9, headBytes: 0 })))
        .toEqual({ kind: 'absent' });
    });

    test.skipIf(process.getuid?.() !== 0)('says that a file of somebody else is unreadable', async (context) => {
      const host = openLocalHost(context, { shell, uid: 65534 });
      writeFileSync(join(host.home, 'secret'), 'secret');
      chmodSync(join(host.home, 'secret'), 0o600);
      context.expect(await read(host, 'secret')).toEqual({ kind: 'unreadable' });
    });

    test.for(['-n', '--help', 'with blanks', "it's", '$HOME', '`id`', 'new\nline', '*', '~', 'ünï'])(
      'reads a file with the name %j',
      async (name, context) => {
        const host = openLocalHost(context, { shell });
        writeFileSync(join(host.home, name), 'inside');
        const path = name === '~' ? './~' : name;
        context.expect(fileOf(await read(host, path)).bytes.toString()).toBe('inside');
      },
    );

    test('reads from a home folder and from an absolute path', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'data'), 'inside');
      mkdirSync(join(host.home, 'work'));
      for (const path of ['~/data', join(host.home, 'data'), '../data']) {
        const part = await host.call(readFrom('work', { path, offset: 0, maxBytes: 99, headBytes: 0 }));
        context.expect(fileOf(part).bytes.toString()).toBe('inside');
      }
    });
  });
});

describe.concurrent('the latest files', () => {
  eachShell((shell) => {
    const writeAt = (host: LocalHost, name: string, seconds: number) => {
      writeFileSync(join(host.home, name), name);
      utimesSync(join(host.home, name), seconds, seconds);
    };
    const namesOf = (found: { path: string }[]) => found.map(({ path }) => path);

    test('come in the order of their last change, then of their names', async (context) => {
      const host = openLocalHost(context, { shell });
      for (const [name, seconds] of [
        ['c 1.csv', 100],
        ['a.csv', 300],
        ['b.csv', 200],
        ['d.csv', 200],
        ['-n.csv', 50],
      ] as const)
        writeAt(host, name, seconds);
      mkdirSync(join(host.home, 'folder.csv'));
      context
        .expect(namesOf(await host.call(latestFiles('~', '*.csv', null))))
        .toEqual(['-n.csv', 'c 1.csv', 'b.csv', 'd.csv', 'a.csv']);
      context.expect(namesOf(await host.call(latestFiles('~', '*.csv', 'b.csv')))).toEqual(['d.csv', 'a.csv']);
      context.expect(namesOf(await host.call(latestFiles('~', '*.csv', 'gone.csv')))).toHaveLength(5);
      context.expect(await host.call(latestFiles('~', 'none*', null))).toEqual([]);
      context.expect(await host.call(latestFiles('no/folder', '*', null))).toEqual([]);
    });

    test('are at most a hundred', async (context) => {
      const host = openLocalHost(context, { shell });
      for (let index = 0; index < 120; index += 1) writeAt(host, `log.${index}`, 1000 + index);
      const found = namesOf(await host.call(latestFiles('~', 'log.*', null)));
      context.expect([found.length, found[0], found.at(-1)]).toEqual([100, 'log.0', 'log.99']);
    });

    test('have a stamp, that of the newest, which tells every change', async (context) => {
      const host = openLocalHost(context, { shell });
      const stamp = () => host.call(stampNewest('~', '*.db', '-wal'));
      context.expect(await stamp()).toBeNull();
      writeAt(host, 'old.db', 900);
      writeAt(host, 'new 1.db', 1000);
      const first = await stamp();
      context.expect(first).toMatchObject({ path: 'new 1.db', size: 8, sizeBeside: null, isFresh: false });
      context.expect(await stamp()).toEqual(first);
      writeAt(host, 'new 1.db-wal', 1000);
      const second = await stamp();
      context.expect(second).toMatchObject({ path: 'new 1.db', sizeBeside: 12, isFresh: false });
      writeAt(host, 'new 1.db-wal', 1001);
      context.expect((await stamp())?.text).not.toBe(second?.text);
      writeFileSync(join(host.home, 'new 1.db'), 'now');
      context.expect(await stamp()).toMatchObject({ path: 'new 1.db', size: 3, isFresh: true });
      context.expect(await host.call(stampNewest('no/folder', '*.db', ''))).toBeNull();
    });
  });
});

describe.concurrent('listing files', () => {
  eachShell((shell) => {
    test('finds regular files by patterns, each once, with their sizes', async (context) => {
      const host = openLocalHost(context, { shell });
      const names = ['step 1.pt', 'step 2.pt', '-x.pt', "it's.pt", 'a\nfound 9 b.pt', 'x.txt'];
      for (const name of names) writeFileSync(join(host.home, name), name);
      mkdirSync(join(host.home, 'folder.pt'));
      const found = await host.call(listFiles('~', ['*.pt', 'step*', 'none*', 'step [12].pt', 'x.tx?']));
      const expected = ['-x.pt', 'a?found 9 b.pt', "it's.pt", 'step 1.pt', 'step 2.pt', 'x.txt'];
      context.expect(found.map(({ path }) => path).toSorted()).toEqual(expected);
      context.expect(found.find(({ path }) => path === 'step 1.pt')?.size).toBe(9);
    });

    test('takes everything but the three patterns as it stands', async (context) => {
      const host = openLocalHost(context, { shell });
      for (const name of ['$HOME', '`id`', '{a,b}', 'back~', 'a b', '[', '(x)']) writeFileSync(join(host.home, name), '');
      const globs = ['$HOM*', '`i?`', '{a,b}', '*~', 'a ?', '[', '(*)'];
      const found = await host.call(listFiles('~', globs));
      context
        .expect(found.map(({ path }) => path).toSorted())
        .toEqual(['$HOME', '(x)', '[', '`id`', 'a b', 'back~', '{a,b}'].toSorted());
    });

    test('finds nothing where nothing is', async (context) => {
      const host = openLocalHost(context, { shell });
      context.expect(await host.call(listFiles('no/workdir', ['*']))).toEqual([]);
      context.expect(await host.call(listFiles('~', ['*.pt']))).toEqual([]);
    });
  });
});

describe.concurrent('putting files away', () => {
  eachShell((shell) => {
    test('moves what is there beside it, and tells the same when it is asked again', async (context) => {
      const host = openLocalHost(context, { shell });
      mkdirSync(join(host.home, 'out dir/sub'), { recursive: true });
      for (const name of ['.HALT', 'training.csv', 'heartbeat_rank0.jsonl', '-x', 'sub/deep'])
        writeFileSync(join(host.home, 'out dir', name), name);
      symlinkSync('nowhere', join(host.home, 'out dir/link'));
      const command = archiveFiles(actorOf(host), '~', [
        'out dir/.HALT',
        'out dir/heartbeat*',
        'out dir/-x',
        'out dir/sub/',
        'out dir/link',
        'none*',
      ]);
      const archive = `out dir/.fleet-archive/${host.run}`;
      const first = await host.call(command);
      context
        .expect(first.toSorted())
        .toEqual([`${archive}/-x`, `${archive}/.HALT`, `${archive}/heartbeat_rank0.jsonl`, `${archive}/link`, `${archive}/sub`]);
      context
        .expect(execFileSync('ls', ['-A', join(host.home, 'out dir')], { encoding: 'utf8' }))
        .toBe('.fleet-archive\ntraining.csv\n');
      context.expect(readFileSync(join(host.home, archive, '.HALT'), 'utf8')).toBe('.HALT');
      context.expect((await host.call(command)).toSorted()).toEqual(first.toSorted());
    });

    test('keeps what was put away before under the same name', async (context) => {
      const host = openLocalHost(context, { shell });
      for (const text of ['first', 'second', 'third']) {
        writeFileSync(join(host.home, 'training.csv'), text);
        await host.call(archiveFiles(actorOf(host), '~', ['training.csv']));
      }
      const kept = (name: string) => readFileSync(join(host.home, '.fleet-archive', host.run, name), 'utf8');
      context.expect(['training.csv', 'training.csv.1', 'training.csv.2'].map(kept)).toEqual(['first', 'second', 'third']);
    });

    test('never moves the folder itself, its parent or the archive', async (context) => {
      const host = openLocalHost(context, { shell });
      writeFileSync(join(host.home, 'kept'), '');
      await host.call(archiveFiles(actorOf(host), '~', ['.', '..', './', '.fleet-archive']));
      context.expect(statSync(join(host.home, 'kept')).isFile()).toBe(true);
      context.expect(await host.call(archiveFiles(actorOf(host), 'no/workdir', ['*']))).toEqual([]);
    });

    test.skipIf(process.getuid?.() !== 0)('says where it cannot write', async (context) => {
      const host = openLocalHost(context, { shell, uid: 65534 });
      mkdirSync(join(host.home, 'theirs'));
      writeFileSync(join(host.home, 'theirs/file'), '');
      const answer = await host.askWithScript(archiveFiles(actorOf(host), '~', ['theirs/file']).body);
      context.expect(answer.exitCode).toBe(92);
      context.expect(answer.stdout.toString()).toBe(`cannot-write theirs/.fleet-archive/${host.run}\n`);
    });
  });
});

function read(host: LocalHost, path: string, { offset = 0, maxBytes = 1_000_000, headBytes = 0 } = {}): Promise<FilePart> {
  return host.call(readFrom('~', { path, offset, maxBytes, headBytes }));
}

function fileOf(part: FilePart): Extract<FilePart, { kind: 'file' }> {
  if (part.kind !== 'file') throw new Error(`the file is ${part.kind}`);
  return part;
}
