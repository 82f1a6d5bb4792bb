import { mkdirSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'vitest';
import { stepOfName } from '../../src/engine/checkpoints/step-of-name.ts';
import { quote } from '../../src/quoting.ts';
import { askIsWhole, listCheckpoints } from '../../src/remote/checkpoints.ts';
import { openLocalHost, type LocalHost } from '../support/local-host.ts';
import { runJob, waitForWord } from './jobs.ts';
import { eachShell } from './shells.ts';

/** As torch writes one: it begins like a zip archive, and ends with the record of its end. */
const archive = Buffer.concat([
  Buffer.from('PK\u0003\u0004'),
  Buffer.alloc(100_000),
  Buffer.from('PK\u0005\u0006'),
  Buffer.alloc(18),
]);

function write(host: LocalHost, path: string, bytes: Buffer | string = archive): string {
  const file = join(host.home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  return file;
}

async function newest(host: LocalHost, pattern: string, after = ''): Promise<string> {
  const { stdout } = await host.askWithScript(`newest_checkpoint '~' ${quote(pattern)} ${after}`);
  return stdout.toString().trimEnd();
}

const names: [pattern: string, path: string, step: number | null][] = [
  ['out/*.pt', 'out/step_5000.pt', 5000],
  ['out/*', 'out/checkpoint-500', 500],
  ['out/*', 'out/model.ckpt-700', 700],
  ['out/*', 'out/step_000090.h5', 90],
  ['out/*', 'out/v1.2-step5000', 5000],
  ['out/*', 'out/epoch=3-step=1000.ckpt', 1000],
  ['out/step={step}-loss=*.ckpt', 'out/step=1200-loss=0.25.ckpt', 1200],
  ['out/*/step_{step}_seed1.pt', 'out/a_7/step_300_seed1.pt', 300],
  ['out/[ab]{step}', 'out/b12', 12],
  ['out 1/ckpt_{step}.pt', 'out 1/ckpt_40.pt', 40],
  ['100/last.pt', '100/last.pt', null],
  ['out/{step}.pt', 'out/last.pt', null],
  ['out/*.pt', 'out/9999999999999999999.pt', null],
];

describe.concurrent('the newest checkpoint', () => {
  eachShell((shell) => {
    test('is the one of the highest step that is whole', async (context) => {
      const host = openLocalHost(context, { shell });
      write(host, 'out/step_9.pt');
      write(host, 'out/step_10.pt');
      write(host, 'out/last.pt');
      truncateSync(write(host, 'out/step_11.pt'), 60_000);
      write(host, 'out/step_12.pt', '');
      context.expect(await newest(host, 'out/*.pt')).toBe('out/step_10.pt');
      context.expect(await newest(host, '~/out/step_{step}.pt')).toBe(join(host.home, 'out/step_10.pt'));
      context.expect(await newest(host, 'elsewhere/*.pt')).toBe('');
    });

    test('is the one written last, where no name has a step', async (context) => {
      const host = openLocalHost(context, { shell });
      for (const [name, at] of [
        ['a', 1000],
        ['b', 3000],
        ['c', 2000],
      ] as const) {
        utimesSync(write(host, `two words/${name}.pt`), at, at);
      }
      context.expect(await newest(host, 'two words/*.pt')).toBe('two words/b.pt');
    });

    test('is not one of an older run', async (context) => {
      const host = openLocalHost(context, { shell });
      utimesSync(write(host, 'out/step_900.pt'), 1000, 1000);
      utimesSync(write(host, 'began', ''), 2000, 2000);
      utimesSync(write(host, 'out/step_1.pt'), 3000, 3000);
      context.expect(await newest(host, 'out/*.pt', '"$HOME/began"')).toBe('out/step_1.pt');
    });

    test('may be a folder, when every file in it is whole', async (context) => {
      const host = openLocalHost(context, { shell });
      for (const step of [100, 200, 300]) {
        write(host, `out/step_${step}/rank_0/model.pt`);
        write(host, `out/step_${step}/.metadata`, '{}');
      }
      truncateSync(join(host.home, 'out/step_300/rank_0/model.pt'), 99_000);
      mkdirSync(join(host.home, 'out/step_400'));
      context.expect(await newest(host, 'out/step_*')).toBe('out/step_200');
      const isWhole = (path: string) => host.call(askIsWhole('~', path));
      context.expect(await Promise.all(['out/step_200', 'out/step_300', 'gone'].map(isWhole))).toEqual([true, false, false]);
    });

    test('needs no more than busybox has', async (context) => {
      const host = openLocalHost(context, { shell, tools: 'busybox' });
      write(host, 'out/step_1.pt');
      truncateSync(write(host, 'out/step_2.pt'), 99_999);
      context.expect(await newest(host, 'out/*.pt')).toBe('out/step_1.pt');
      const found = await host.call(listCheckpoints('~', 'out/*.pt', { run: host.run, worker: 0 }));
      context.expect(found.map(({ path, size }) => [path, size])).toEqual([
        ['out/step_1.pt', archive.length],
        ['out/step_2.pt', 99_999],
      ]);
    });

    test('is told by names that the host and the controller read alike', async (context) => {
      const host = openLocalHost(context, { shell });
      const lines = names.map(([pattern, path]) => `step_of_checkpoint ${quote(pattern)} ${quote(path)}; say "$checkpoint_step"`);
      const { stdout } = await host.askWithScript(lines.join('\n'));
      const steps = names.map(([, , step]) => step);
      context.expect(stdout.toString().trim().split('\n').map(Number)).toEqual(steps.map((step) => step ?? -1));
      context.expect(names.map(([pattern, path]) => stepOfName(pattern, path))).toEqual(steps);
    });
  });
});

describe.concurrent('the list of checkpoints', () => {
  eachShell((shell) => {
    test('tells size and files, which are older than the job, and a change of the same size', async (context) => {
      const host = openLocalHost(context, { shell });
      utimesSync(write(host, 'out/step_1.pt', 'older'), 1000, 1000);
      await runJob(host, 'mkdir -p out/step_2; echo one >out/step_2/a; echo two >out/step_2/b; echo three >out/step_3.pt');
      await waitForWord(host, 'exited');
      const list = () => host.call(listCheckpoints('~', 'out/step_{step}*', { run: host.run, worker: 0 }));
      const before = await list();
      context.expect(before.map(({ stamp: _, ...rest }) => rest)).toEqual([
        { path: 'out/step_1.pt', size: 5, files: 1, older: true },
        { path: 'out/step_2', size: 8, files: 2, older: false },
        { path: 'out/step_3.pt', size: 6, files: 1, older: false },
      ]);
      utimesSync(write(host, 'out/step_2/a', 'ten\n'), 2000, 2000);
      utimesSync(write(host, 'out/step_3.pt', 'eight\n'), 2000, 2000);
      const changed = (await list()).filter(({ stamp }, index) => stamp !== before[index]?.stamp);
      context.expect(changed.map(({ path }) => path)).toEqual(['out/step_2', 'out/step_3.pt']);
    });
  });
});
