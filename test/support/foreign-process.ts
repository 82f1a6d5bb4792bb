import { spawn } from 'node:child_process';
import { readStat, type TestEnd } from './local-host.ts';

/** A process that is not of any run, in a session of its own. Ended after the test. */
export function spawnForeign(
  test: TestEnd,
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): { pid: number; start: string } {
  const child = spawn(command, args, { detached: true, stdio: 'ignore', ...options });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} did not start`);
  child.unref();
  test.onTestFinished(() => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended by itself, or the test ended it.
    }
  });
  return { pid, start: readStat(pid)?.start ?? '' };
}
