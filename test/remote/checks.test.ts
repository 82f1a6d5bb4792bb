import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { askAuthorCommand, exportLines, type AuthorCommand } from '../../src/remote/author-command.ts';
import { lookAtSource } from '../../src/remote/source.ts';
import { openLocalHost, type LocalHost } from '../support/local-host.ts';
import { eachShell } from './shells.ts';

describe.concurrent("an author's command as a question", () => {
  eachShell((shell) => {
    test('runs in the workdir after its setup, with the environment, the ids and nothing on stdin', async (context) => {
      const host = openLocalHost(context, { shell });
      mkdirSync(join(host.home, 'work'));
      const answer = await host.call(
        askAuthorCommand({
          ...commandOf(host),
          setup: 'READY=yes',
          command: `pwd; echo "$READY $A $FLEET_RUN_ID $FLEET_ATTEMPT $FLEET_WORKER_INDEX"; cat; echo trouble >&2; exit 7`,
          environment: exportLines([{ name: 'A', value: `it's "$HOME"` }]),
        }),
      );
      context.expect({ exitCode: answer.exitCode, stdout: answer.stdout.toString(), stderr: answer.stderr.toString() }).toEqual({
        exitCode: 7,
        stdout: `${join(host.home, 'work')}\nyes it's "$HOME" ${host.run} 2 1\n`,
        stderr: 'trouble\n',
      });
    });

    test('finds its workdir also when the environment names another home, and says 126 when there is none', async (context) => {
      const host = openLocalHost(context, { shell });
      mkdirSync(join(host.home, 'work'));
      const environment = exportLines([{ name: 'HOME', value: '/' }]);
      context
        .expect((await host.call(askAuthorCommand({ ...commandOf(host), command: 'exit 5', environment }))).exitCode)
        .toBe(5);
      context
        .expect((await host.call(askAuthorCommand({ ...commandOf(host), workdir: 'none', command: 'exit 5' }))).exitCode)
        .toBe(126);
    });
  });
});

describe.concurrent('the source', () => {
  eachShell((shell) => {
    test('is told with branch, commit and what was changed', async (context) => {
      const host = openLocalHost(context, { shell });
      const work = join(host.home, 'work');
      const git = (...args: string[]) =>
        execFileSync('git', ['-C', work, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { encoding: 'utf8' }).trim();
      context.expect(await host.call(lookAtSource('work', ''))).toEqual({ kind: 'no-workdir' });
      mkdirSync(work);
      context.expect(await host.call(lookAtSource('work', ''))).toMatchObject({ kind: 'not-a-repository' });
      git('init', '-q', '-b', 'main');
      writeFileSync(join(work, 'file'), 'one');
      git('add', 'file');
      git('commit', '-q', '-m', 'One');
      const commit = git('rev-parse', 'HEAD');
      context
        .expect(await host.call(lookAtSource('work', '')))
        .toEqual({ kind: 'git', branch: 'main', commit, changes: [], tags: [] });
      writeFileSync(join(work, 'file'), 'two');
      writeFileSync(join(work, 'new file'), '');
      git('checkout', '-q', '--detach');
      git('tag', 'verified');
      const changed = await host.call(lookAtSource('work', 'true'));
      context
        .expect(changed)
        .toEqual({ kind: 'git', branch: null, commit, changes: [' M file', '?? "new file"'], tags: ['verified'] });
    });
  });
});

function commandOf(host: LocalHost): AuthorCommand {
  return { run: host.run, attempt: 2, worker: 1, workdir: 'work', setup: '', command: ':', environment: '', timeoutSeconds: 9 };
}
