import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeArchive } from '../../src/engine/sending/archive.ts';
import { appendSent, changeSent, listSent, placeSent, sumSent, unpackSent } from '../../src/remote/sending.ts';
import { openLocalHost, type LocalHost, type LocalHostOptions, type TestEnd } from '../support/local-host.ts';
import { actorOf } from './jobs.ts';
import { eachShell } from './shells.ts';

const strange = [
  'plain',
  'two words',
  ' blanks ',
  'new\nline',
  'ends\n',
  'quote\'"s',
  '.hidden',
  '-dash',
  'back\\slash',
  '\\n',
  'ünï',
  '*',
  '$HOME',
  '%s',
  '#',
];
const names = [...strange, ...strange.map((name) => `in ${name}/deep/${name}`), `long/${'n'.repeat(200)}`];

describe.concurrent('files that are sent', () => {
  eachShell((shell) => {
    const tools = shell === 'busybox' ? 'busybox' : 'all';
    test('whatever their names are, get to their places whole', async (context) => {
      const host = openLocalHost(context, { shell, tools });
      const files = names.map((name, index) => describeFile(name, Buffer.from(`content ${index}\0\n`)));
      const archive = writeArchive(
        files.map(({ name, bytes }, index) => ({ name: staged(name), bytes, mode: index % 2 === 0 ? 0o644 : 0o755 })),
      );
      expect(await host.call(unpackSent(actorOf(host), 'work', archive))).toBe(true);
      expect(await host.call(placeSent(actorOf(host), 'work', 'stage', files))).toBe(files.length);
      for (const [index, { name, bytes }] of files.entries()) {
        expect(readFileSync(join(host.home, 'work', name))).toEqual(bytes);
        expect(statSync(join(host.home, 'work', name)).mode & 0o111).toBe(index % 2 === 0 ? 0 : 0o111);
      }
      expect(await host.call(sumSent('work', ['not there', ...names], 0))).toEqual([
        null,
        ...files.map(({ sha256 }, index) => ({ sha256, executable: index % 2 === 1 })),
      ]);
      await host.call(
        changeSent(actorOf(host), 'work', 'cleared away', [...new Set(names.map((name) => dirname(staged(name))))]),
      );
      expect((await host.call(listSent('work'))).toSorted()).toEqual(names.toSorted());
      expect(await host.call(changeSent(actorOf(host), 'work', 'removed', names))).toBeNull();
      expect(await host.call(listSent('work'))).toEqual([]);
    });

    test('what is damaged on its way is not put in place, and the old file stays', async (context) => {
      const { host, work } = openWork(context, { shell, tools });
      writeFileSync(join(work, 'file'), 'old');
      const file = describeFile('file', Buffer.from('new'));
      await host.call(
        unpackSent(actorOf(host), 'work', writeArchive([{ name: 'stage/file', mode: 0o644, bytes: Buffer.from('nex') }])),
      );
      expect(await host.call(placeSent(actorOf(host), 'work', 'stage', [file]))).toBe(0);
      expect(readFileSync(join(work, 'file'), 'utf8')).toBe('old');
      expect(readdirSync(join(work, 'stage'))).toEqual([]);
    });

    test('a piece sent twice is there once', async (context) => {
      const { host, work } = openWork(context, { shell, tools });
      const send = (offset: number, text: string) =>
        host.call(appendSent(actorOf(host), 'work', { name: 'a b/stage/big', offset, mode: 0o755 }, Buffer.from(text)));
      expect([await send(0, 'one'), await send(0, 'one'), await send(3, 'two'), await send(3, 'two')]).toEqual([3, 3, 6, 6]);
      const file = describeFile('a b/big', Buffer.from('onetwo'));
      const place = () => host.call(placeSent(actorOf(host), 'work', 'stage', [file]));
      expect([await place(), await place()]).toEqual([1, 0]);
      expect(readFileSync(join(work, 'a b/big'), 'utf8')).toBe('onetwo');
      expect(statSync(join(work, 'a b/big')).mode & 0o777).toBe(0o755);
    });

    test('a link on the host is replaced and never written through', async (context) => {
      const { host, work } = openWork(context, { shell, tools });
      writeFileSync(join(host.home, 'elsewhere'), 'mine');
      symlinkSync('../elsewhere', join(work, 'file'));
      const file = describeFile('file', Buffer.from('sent'));
      await host.call(unpackSent(actorOf(host), 'work', writeArchive([{ ...file, name: 'stage/file', mode: 0o644 }])));
      await host.call(placeSent(actorOf(host), 'work', 'stage', [file]));
      expect(readFileSync(join(host.home, 'elsewhere'), 'utf8')).toBe('mine');
      expect(readFileSync(join(work, 'file'), 'utf8')).toBe('sent');
    });

    test('an older controller sends nothing', async (context) => {
      const { host, work } = openWork(context, { shell, tools });
      const [older, newer] = [1, 2].map((token) => ({ run: host.run, token })) as [
        ReturnType<typeof actorOf>,
        ReturnType<typeof actorOf>,
      ];
      await host.call(appendSent(newer, 'work', { name: 'stage/file', offset: 0, mode: 0o644 }, Buffer.from('new')));
      const refused = appendSent(older, 'work', { name: 'stage/file', offset: 3, mode: 0o644 }, Buffer.from('old'));
      expect((await host.askWithScript(refused.body, refused.input)).exitCode).toBe(91);
      expect(readFileSync(join(work, 'stage/file'), 'utf8')).toBe('new');
    });
  });

  test('a host without sha256sum or tar says so', async (context) => {
    const host = openLocalHost(context, { shell: 'dash', tools: ['mkdir', 'cat', 'mv', 'rm', 'sed', 'uname'] });
    mkdirSync(join(host.home, 'work'));
    expect(await host.call(sumSent('work', ['a'], 0))).toBeNull();
    expect(await host.call(unpackSent(actorOf(host), 'work', writeArchive([])))).toBe(false);
    expect(existsSync(join(host.home, 'work/a'))).toBe(false);
  });
});

function openWork(context: TestEnd, options: LocalHostOptions): { host: LocalHost; work: string } {
  const host = openLocalHost(context, options);
  const work = join(host.home, 'work');
  mkdirSync(work);
  return { host, work };
}

function describeFile(name: string, bytes: Buffer) {
  return { name, bytes, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function staged(name: string): string {
  return join(dirname(name), 'stage', name.slice(name.lastIndexOf('/') + 1));
}
