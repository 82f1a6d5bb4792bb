import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { exportLines } from '../../src/remote/author-command.ts';
import { putEnvironment } from '../../src/remote/claims.ts';
import { signalMembers } from '../../src/remote/members.ts';
import { findProgram, isAlive, openLocalHost, waitFor, type LocalHost } from '../support/local-host.ts';
import { actorOf, runJob, stateOf, unitFolder } from './jobs.ts';
import { eachShell } from './shells.ts';

const canary = 'canary-7f3a';
const actor = { run: 'r', token: 7 };

describe.concurrent('the environment of the started processes', () => {
  eachShell((shell) => {
    test('is compared on the host, in every process with the name, and no value leaves it or stands on an argument list', async (context) => {
      const host = openLocalHost(context, { shell });
      const spied = spyOnTools(host);
      const lines = `one\n-two ${canary} 'three' * $HOME`;
      const variables = [
        { name: 'SAME', value: canary },
        { name: 'LINES', value: lines },
        { name: 'EMPTY', value: '' },
        { name: 'GONE', value: canary },
        { name: 'OTHER', value: canary },
        { name: 'TAIL', value: `first\n${canary}` },
      ];
      await host.call(putEnvironment(actorOf(host), 1, 0, exportLines(variables)));
      const script = `unset GONE; sh -c 'sleep 300; : trainer' & OTHER="$OTHER+" TAIL=first sh -c 'sleep 300; : trainer'`;
      await runJob(host, script, {
        needsEnvironment: true,
        needsClaim: false,
        prove: { process: ': trainer', variables: variables.map(({ name }) => name) },
      });
      const proof = await waitFor('both are looked at', async () => {
        const state = await stateOf(host);
        return state.proof.length === 2 ? state.proof : null;
      });
      const found = proof.map((process) => Object.fromEntries(process.variables.map(({ name, found }) => [name, found])));
      const usual = { SAME: 'ok', LINES: 'ok', EMPTY: 'ok', GONE: 'missing', OTHER: 'ok', TAIL: 'ok' };
      context.expect(found).toContainEqual(usual);
      context.expect(found).toContainEqual({ ...usual, OTHER: 'differs', TAIL: 'differs' });
      context.expect(readFileSync(join(unitFolder(host), 'proof'), 'utf8')).not.toContain(canary);
      context.expect(readFileSync(spied, 'utf8')).toContain('grep');
      context.expect(readFileSync(spied, 'utf8')).not.toContain(canary);
    });
  });
});

describe.concurrent('a stack dump', () => {
  eachShell((shell) => {
    test('is asked for only from processes that catch the signal', async (context) => {
      const host = openLocalHost(context, { shell });
      const catching = `sh -c 'trap "echo dumped >>dumps" USR1; touch catches; while :; do sleep 0.1; done; : trainer-1' &`;
      const other = `sh -c 'sleep 300; : trainer-2' &`;
      await runJob(host, `${catching} ${other} sleep 301`);
      await waitFor('the trap is set', () => existsSync(join(host.home, 'catches')));
      const answer = await host.call(signalMembers(actorOf(host), ': trainer', 'USR1'));
      context.expect(answer.signalled).toHaveLength(1);
      context.expect(answer.notCaught).toHaveLength(1);
      await waitFor('the dump is there', () => existsSync(join(host.home, 'dumps')));
      context.expect([...answer.signalled, ...answer.notCaught].map(isAlive)).toEqual([true, true]);
    });
  });

  test('is refused for what is no signal of Linux', ({ expect }) => {
    expect(() => signalMembers(actor, 'x', 'USR9')).toThrow('unknown signal "USR9"');
    expect(() => signalMembers(actor, 'x', 'SIGUSR1')).toThrow('unknown signal "SIGUSR1"');
  });

  test('is asked for by the number that the signal has on Linux', ({ expect }) => {
    expect(signalMembers(actor, 'x', 'USR1').body).toBe("dump 'r' '7' 'x' '10' 'USR1'");
    expect(signalMembers(actor, 'x', 'SYS').body).toBe("dump 'r' '7' 'x' '31' 'SYS'");
  });
});

/** Puts tools first on PATH that write their arguments down before they do their work. Returns the file. */
function spyOnTools(host: LocalHost): string {
  const bin = join(host.home, '../bin');
  const spied = join(host.home, 'spied');
  mkdirSync(bin, { recursive: true });
  writeFileSync(spied, '');
  for (const tool of ['grep', 'tr', 'cut', 'sed', 'cat', 'head', 'tail', 'mv', 'xargs', 'env', 'printf', 'sort']) {
    writeFileSync(join(bin, tool), `#!/bin/sh\necho "${tool} $*" >>'${spied}'\nexec ${findProgram(tool)} "$@"\n`);
    chmodSync(join(bin, tool), 0o755);
  }
  return spied;
}
