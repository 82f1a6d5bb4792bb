import type { AcceleratorAnswer } from './accelerators.ts';
import type { ClockOffset } from './machine/clock.ts';
import type { Reached } from './machine/network.ts';
import type { TpuSlice } from './tpu/slice.ts';

export interface Disk {
  /** As it was asked for. */
  path: string;
  freeBytes: number | null;
  totalBytes: number | null;
  /** Null also where the file system has no limit of them. */
  freeInodes: number | null;
  totalInodes: number | null;
}

export interface Limits {
  openFiles: Limit;
  lockedMemoryBytes: Limit;
  processes: Limit;
}

type Limit = number | 'unlimited' | null;

/** What one worker has, as far as it could be found out. Null is unknown. */
export interface Facts {
  accelerators: AcceleratorAnswer;
  /** The slice of a TPU worker; null where there is none, or nothing tells of one. */
  tpu: TpuSlice | null;
  hostname: string | null;
  bootId: string | null;
  uptimeSeconds: number | null;
  /** Of the host's clock, when the facts were asked for. */
  clock: ClockOffset | null;
  /** Name and version of the distribution. */
  os: string | null;
  kernel: string | null;
  architecture: string | null;
  cpuModel: string | null;
  cpuCount: number | null;
  memoryBytes: number | null;
  memoryAvailableBytes: number | null;
  /** Of the first path asked for. */
  diskFreeBytes: number | null;
  disks: Disk[];
  limits: Limits;
  /** Version of the python3 that an author's commands find. */
  python: string | null;
  git: string | null;
  /** Path of each tool looked for; null when it is not there. */
  tools: Record<string, string | null>;
  /** The endpoints that were asked for. */
  network: Reached[];
  /** What could not be found out, one sentence each. */
  problems: string[];
}
