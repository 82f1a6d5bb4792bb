import { readdirSync, realpathSync } from 'node:fs';
import { isAlive, readProc, waitFor } from './local-host.ts';

/** Live processes that have a path below `folder` in their command line or environment, or work there. */
export function findProcessesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && isAlive(pid) && belongsTo(pid, folder));
}

/** Ends them, and waits until none is left. */
export async function endProcessesOf(folder: string): Promise<void> {
  await waitFor(`no process of ${folder} is left`, () => {
    const left = findProcessesOf(folder);
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }
    return left.length === 0;
  });
}

function belongsTo(pid: number, folder: string): boolean {
  if (readProc(pid, 'cmdline').includes(folder) || readProc(pid, 'environ').includes(folder)) return true;
  try {
    return realpathSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    return false;
  }
}
