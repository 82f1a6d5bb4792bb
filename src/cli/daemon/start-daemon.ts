import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { momentOf } from '../../clock.ts';
import { messageOf, usageError } from '../../errors.ts';
import type { DaemonRecord } from '../../store/queue-records.ts';
import type { Context } from '../context.ts';
import { findProgramRoot } from '../program-root.ts';

/** Who drives the runs of this folder once whoever began them has left. */
export type Successor =
  /** `isNew`: it was started for this. */
  | { kind: 'found'; holder: DaemonRecord; isNew: boolean }
  /** It has come and seen to everything, and is gone again. */
  | { kind: 'done' }
  | { kind: 'none'; why: string };

const lookEveryMs = 100;
/** A busy computer takes long to load a program. */
const patienceMs = 30_000;

/** What FLEET_DAEMON says: false where nobody is to be started. */
export function mayStartDaemon(environment: NodeJS.ProcessEnv): boolean {
  const wish = environment['FLEET_DAEMON'];
  if (wish === undefined || wish === '') return true;
  if (wish === 'never') return false;
  throw usageError('usage', `FLEET_DAEMON: expected "never" or nothing, got "${wish}"`);
}

/**
 * Whoever sees to the queue of this folder. Where nobody does and one may be started, that is a daemon which outlives this process and its terminal.
 * Null: nobody.
 */
export async function findSuccessor(context: Context, { mayStart }: { mayStart: boolean }): Promise<Successor | null> {
  const { clock, environment } = context;
  const store = await context.openStore();
  const there = store.queueHolder(momentOf(clock));
  if (there !== null) return { kind: 'found', holder: there, isNew: false };
  if (!mayStart) return null;
  const daemon = startDaemon(environment);
  const giveUpAt = clock.monotonic() + patienceMs;
  while (clock.monotonic() < giveUpAt) {
    const end = await Promise.race([daemon.ended, clock.wait(lookEveryMs).then(() => null)]);
    // Of two that were started at once, one holds the queue and the other has ended.
    const holder = store.queueHolder(momentOf(clock));
    if (holder !== null) return { kind: 'found', holder, isNew: holder.owner.pid === daemon.pid };
    if (end !== null) return end === 'exit status 0' ? { kind: 'done' } : { kind: 'none', why: `it ended with ${end}` };
  }
  return { kind: 'none', why: `it did not begin within ${patienceMs / 1000} s` };
}

/** In a session of its own, with nothing of ours open: whoever reads our output waits for us alone. */
function startDaemon(env: NodeJS.ProcessEnv): { pid: number | undefined; ended: Promise<string> } {
  const words = [join(findProgramRoot(), 'bin/fleet.js'), 'daemon', '--while-needed'];
  const child = spawn(process.execPath, words, { env, detached: true, stdio: 'ignore' });
  child.unref();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(messageOf(error)));
    child.once('exit', (status, signal) => resolve(signal ?? `exit status ${status ?? ''}`));
  });
  return { pid: child.pid, ended };
}
