import type { AcceleratorAnswer } from './accelerators.ts';

export interface Disk {
  /** As it was asked for. */
  path: string;
  freeBytes: number | null;
  totalBytes: number | null;
}

/** What one worker has, as far as it could be found out. Null is unknown. */
export interface Facts {
  accelerators: AcceleratorAnswer;
  hostname: string | null;
  bootId: string | null;
  /** Name and version of the distribution. */
  os: string | null;
  kernel: string | null;
  architecture: string | null;
  cpuCount: number | null;
  memoryBytes: number | null;
  memoryAvailableBytes: number | null;
  /** Of the first path asked for. */
  diskFreeBytes: number | null;
  disks: Disk[];
  /** Version of the python3 that an author's commands find. */
  python: string | null;
  /** Path of each tool looked for; null when it is not there. */
  tools: Record<string, string | null>;
  /** What could not be found out, one sentence each. */
  problems: string[];
}
