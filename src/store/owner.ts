import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { systemCode } from '../errors.ts';
import type { Owner } from './records.ts';

/** This process, as the owner of leases. */
export function readOwner(): Owner {
  return {
    user: readUser(),
    host: hostname(),
    pid: process.pid,
    startTicks: readProcess('self')?.startTicks ?? null,
    bootId: readOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: readOrNull(() => readlinkSync('/proc/self/ns/pid')),
  };
}

/**
 * True only on evidence: the machine has booted since, or no live process has this pid with this start time. Judged from where `observer` stands:
 * an owner on another machine, or in another container, is never called dead.
 */
export function isKnownDead(owner: Owner, observer: Owner): boolean {
  if (!sharesBootClock(owner, observer) && owner.host !== observer.host) return false;
  if (owner.bootId !== observer.bootId) return owner.bootId !== null && observer.bootId !== null;
  if (!isSameNamespace(owner, observer)) return false;
  const found = readProcess(owner.pid);
  if (found === null) return !answersToSignals(owner.pid);
  if (found.isZombie) return true;
  return owner.startTicks !== null && owner.startTicks !== found.startTicks;
}

/** Whether both count the time since boot alike: one boot of one machine. A container may be shown an uptime of its own. */
export function sharesBootClock(one: Owner, other: Owner): boolean {
  return one.bootId !== null && one.bootId === other.bootId && isSameNamespace(one, other);
}

function isSameNamespace(one: Owner, other: Owner): boolean {
  return (one.pidNamespace ?? null) === (other.pidNamespace ?? null);
}

function readProcess(pid: number | 'self'): { startTicks: number; isZombie: boolean } | null {
  const stat = readOrNull(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (stat === null) return null;
  // The name of the program stands in brackets and may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[19]);
  return Number.isSafeInteger(startTicks) ? { startTicks, isZombie: fields[0] === 'Z' || fields[0] === 'X' } : null;
}

/** For machines without /proc, or with one that hides other users' processes. */
function answersToSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

function readUser(): string {
  return readOrNull(() => userInfo().username) ?? process.env['USER'] ?? `uid ${process.getuid?.() ?? 'unknown'}`;
}

/** Null when this machine does not tell. */
function readOrNull(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
