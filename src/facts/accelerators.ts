export interface AcceleratorProcess {
  pid: number | null;
  /** As the vendor's tool tells it, often cut. */
  name: string | null;
  memoryBytes: number | null;
  /** Whose it is, and its command line, as /proc tells; null where it is of another container or gone. */
  user: string | null;
  command: string | null;
}

/** One accelerator; null is unknown, never 0. */
export interface Accelerator {
  vendor: 'nvidia' | 'amd' | 'google';
  model: string | null;
  index: number | null;
  uuid: string | null;
  memoryBytes: number | null;
  memoryUsedBytes: number | null;
  /** Percent. */
  utilization: number | null;
  /** Degrees Celsius. */
  temperature: number | null;
  /** Watts. */
  power: number | null;
  driver: string | null;
  /** Version of CUDA or ROCm. */
  runtime: string | null;
  /** What the chip is called: gfx1010, v4. */
  chip: string | null;
  busId: string | null;
  /** A sentence that a person must know of it. */
  note: string | null;
  /** Whether it is cut into slices; the slices are not listed. */
  sliced: boolean | null;
  healthy: boolean;
  /** Null when the list could not be had. */
  processes: AcceleratorProcess[] | null;
}

/** Why no accelerator could be listed. */
export type AcceleratorFailure =
  'driver-failed' | 'driver-mismatch' | 'library-missing' | 'accelerator-lost' | 'field-refused' | 'probe-hung' | 'unreadable';

/**
 * - `found`: listed; `problems` tells of lost ones that are missing from the list, and of what else the tool said.
 * - `none`: the tool works and there are none.
 * - `no-tool`: the vendor's tool is not installed.
 * - `failed`: the tool is there and gave no list.
 */
export type AcceleratorAnswer =
  | { kind: 'found'; accelerators: Accelerator[]; problems: string[] }
  | { kind: 'none' }
  | { kind: 'no-tool' }
  | { kind: 'failed'; reason: AcceleratorFailure; message: string };

/** The list where there is one, empty where there is nothing to list, null where it could not be had. */
export function listAccelerators(answer: AcceleratorAnswer): Accelerator[] | null {
  if (answer.kind === 'found') return answer.accelerators;
  return answer.kind === 'failed' ? null : [];
}
