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

function readStat(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    // ESRCH: it ended between the open and the read.
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return null;
    throw error;
  }
}
