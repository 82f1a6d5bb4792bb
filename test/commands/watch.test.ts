import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { finish, recordTraining, start } from '../support/seeded-store.ts';
import { useBuiltFleet } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();

describe('fleet watch', () => {
  it.each([
    { result: 'succeeded', reason: null, code: 0 },
    { result: 'failed', reason: 'exit-status', code: 3 },
    { result: 'halted', reason: null, code: 5 },
    { result: 'cancelled', reason: 'host-key-unknown', code: 4 },
  ] as const)('ends with exit code $code when the run has $result ($reason)', ({ result, reason, code }) =>
    inWorkplace(async ({ store, addRun, run }) => {
      const lease = addRun({ id: 'followedaa' });
      if (result !== 'cancelled') start(store, lease);
      finish(store, lease, result, reason);
      const answered = await run('watch', 'followed');
      expect(answered.code).toBe(code);
      expect(answered.stdout).toContain(`prod-50k on prime1 (followedaa): ${result}`);
    })(),
  );

  it(
    'says what to type when nobody drives the run, and at Ctrl-C how to come back',
    inWorkplace(async ({ store, addRun, stateDir, bin }) => {
      const lease = addRun({ id: 'undrivenaa' });
      start(store, lease);
      store.releaseLease(lease);
      const child = spawn(process.execPath, [bin, 'watch', 'undriven'], {
        env: { PATH: process.env['PATH'], FLEET_STATE_DIR: stateDir },
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: 30_000,
      });
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
        if (!child.killed && stderr.includes('fleet resume')) child.kill('SIGINT');
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect(stderr).toContain('fleet resume undrivenaa');
      expect(stderr.trim().split('\n').at(-1)).toBe(
        'the run goes on, and nobody drives it; to come back: fleet resume undrivenaa; to stop it: fleet halt undrivenaa',
      );
      expect(code).toBe(130);
    }),
  );

  it(
    'follows a run to its end and prints one document a line with --json',
    inWorkplace(async ({ store, addRun, run }) => {
      const lease = addRun({ id: 'livelyaaaa' });
      start(store, lease);
      const watching = run('watch', 'lively', '--json');
      recordTraining(store, lease, 5);
      finish(store, lease, 'succeeded', null);
      const { code, stdout, stderr } = await watching;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { runs: unknown[]; events: { text: string }[] });
      expect(lines.flatMap(({ events }) => events).map(({ text }) => text)).toContain('succeeded: the job is over');
    }),
  );
});
