import { readFileSync } from 'node:fs';
import { systemCode } from '../errors.ts';

/** When process `pid` started, in clock ticks since boot; null when it is gone or a zombie. With the pid it names one process for good. */
export function readProcessStart(pid: number): string | null {
  const line = readStat(pid);
  if (line === null) return null;
  // The name in parentheses may hold anything, so fields are counted from the last one.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
}

/** A name for a file that is worth nothing once this process is gone, and is told apart by `isLeftover`. */
export function nameForThisProcess(suffix: string): string {
  return `${process.pid}-${readProcessStart(process.pid) ?? ''}-${suffix}`;
}

/** Whether the process that a file was named for is gone. */
export function isLeftover(name: string): boolean {
  const [pid, start] = name.split('-');
  return start !== readProcessStart(Number(pid));
}

function readStat(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    // ESRCH: it ended between the open and the read.
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return null;
    throw error;
  }
}
