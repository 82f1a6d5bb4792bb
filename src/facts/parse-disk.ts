import type { Disk } from './facts.ts';
import type { SectionAnswer } from './sections.ts';

/** The last lines of `df -P -k` and of `df -P -i`, each read from its right end: the name of the file system may hold blanks. */
export function readDisk(path: string, answer: SectionAnswer | undefined): Disk {
  const [bytes = '', inodes = ''] = (answer?.text ?? '').split(/^inodes$/m);
  const space = readLine(bytes);
  // Some file systems have no fixed number of inodes, and say 0 of 0.
  const files = readLine(inodes);
  const hasInodes = files !== null && files.total > 0;
  return {
    path,
    freeBytes: space === null ? null : space.free * 1024,
    totalBytes: space === null ? null : space.total * 1024,
    freeInodes: hasInodes ? files.free : null,
    totalInodes: hasInodes ? files.total : null,
  };
}

function readLine(text: string): { total: number; free: number } | null {
  const match = /\s(\d+)\s+-?\d+\s+(-?\d+)\s+(?:\d+%|-)\s+\/.*$/m.exec(text);
  return match === null ? null : { total: Number(match[1]), free: Math.max(0, Number(match[2])) };
}
