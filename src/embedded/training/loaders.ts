import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Limits } from './limits.ts';

const loaderArguments = [
  '-c',
  'from multiprocessing.spawn import spawn_main; spawn_main(tracker_fd=5, pipe_handle=7)',
  '--multiprocessing-fork',
];

/** Starts data loaders as ordinary children of this process, with its output. */
export function startLoaders(python: string, count: number): ChildProcess[] {
  return Array.from({ length: count }, () => spawn(python, loaderArguments, { stdio: ['ignore', 'inherit', 'inherit'] }));
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

const lookMs = 250;

/** The life of a loader: it waits for work while its trainer lives, and for a while after the trainer was killed. */
export async function runLoader(limits: Limits): Promise<void> {
  // Without a listener Node would open its debugger.
  process.on('SIGUSR1', () => undefined);
  const parent = process.ppid;
  const endMs = performance.now() + limits.lifeSeconds * 1000;
  while (process.ppid === parent && performance.now() < endMs) await wait(lookMs);
  await wait(Math.max(0, Math.min(limits.lingerSeconds * 1000, endMs - performance.now())));
}
