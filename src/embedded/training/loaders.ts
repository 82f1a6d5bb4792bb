import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { PretendFailure } from './failure.ts';
import type { Limits } from './limits.ts';

const loaderArguments = [
  '-c',
  'from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)',
  '--multiprocessing-fork',
];

/** Starts data loaders as ordinary children of this process, with its output. They are ready when this resolves. */
export async function startLoaders(python: string, count: number): Promise<ChildProcess[]> {
  const loaders = Array.from({ length: count }, () =>
    spawn(python, loaderArguments, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  await Promise.all(loaders.map((loader) => Promise.race([once(loader, 'message'), once(loader, 'exit')])));
  return loaders;
}

/** Ends them, as a trainer that ends by itself does. */
export async function stopLoaders(loaders: ChildProcess[]): Promise<void> {
  await Promise.all(
    loaders.map(async (loader) => {
      if (loader.exitCode !== null || loader.signalCode !== null) return;
      const ended = once(loader, 'exit');
      loader.kill('SIGTERM');
      await ended;
    }),
  );
}

/** Are these the arguments of a data loader? */
export function isLoader(args: string[]): boolean {
  return args.some((arg) => arg.includes('spawn_main('));
}

/** The life of a loader: it waits for work while its trainer lives, and for a while after the trainer was killed. */
export async function runLoader(limits: Limits): Promise<void> {
  if (process.send === undefined) throw new PretendFailure('the pretend data loader is started by the pretend trainer only', 2);
  // Without a listener Node would open its debugger.
  process.on('SIGUSR1', () => undefined);
  const orphaned = once(process, 'disconnect');
  process.send('ready');
  const endMs = performance.now() + limits.lifeSeconds * 1000;
  await Promise.race([orphaned, wait(limits.lifeSeconds * 1000, undefined, { ref: false })]);
  await wait(Math.max(0, Math.min(limits.lingerSeconds * 1000, endMs - performance.now())));
  if (process.connected) process.disconnect();
}
