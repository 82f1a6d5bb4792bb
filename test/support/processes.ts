import { findProcessesOf, waitFor } from './local-host.ts';

/** Ends the live processes that have to do with `folder`, and waits until none is left. */
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
