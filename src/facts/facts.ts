import type { AcceleratorAnswer } from './accelerators.ts';

export interface Disk {
  /** As it was asked for. */
  path: string;
  freeBytes: number | null;
  totalBytes: number | null;
  freeInodes: number | null;
  totalInodes: number | null;
}

/** Of a process on the host; null is no limit, or unknown. */
interface Limits {
  openFiles: number | null;
  processes: number | null;
  lockedMemoryBytes: number | null;
}

/** How far the host's clock is ahead of ours, in seconds; it may be off by `uncertainty` either way. */
interface ClockOffset {
  seconds: number;
  uncertainty: number;
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
  cpuModel: string | null;
  uptimeSeconds: number | null;
  limits: Limits;
  /** The host's wall clock at the first and at the last section, milliseconds since 1970. */
  clock: { first: number | null; last: number | null };
  clockOffset: ClockOffset | null;
  memoryBytes: number | null;
  memoryAvailableBytes: number | null;
  /** Of the first path asked for. */
  diskFreeBytes: number | null;
  disks: Disk[];
  /** Version of the python3 that an author's commands find. */
  python: string | null;
  /** Path of each tool looked for; null when it is not there. */
  tools: Record<string, string | null>;
  git: string | null;
  /** Whether each endpoint that was asked for can be reached from the host; null is unknown. */
  endpoints: Record<string, boolean | null>;
  /** What could not be found out, one sentence each. */
  problems: string[];
}
