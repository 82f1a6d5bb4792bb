export type Vendor = 'nvidia' | 'amd' | 'google';

export interface AcceleratorProcess {
  pid: number | null;
  user: string | null;
  /** The whole command line where it can be read, else the name that the vendor's tool knows. */
  command: string | null;
  memoryBytes: number | null;
}

/** One accelerator; null is unknown, never 0. */
export interface Accelerator {
  vendor: Vendor;
  model: string | null;
  index: number | null;
  uuid: string | null;
  busId: string | null;
  memoryBytes: number | null;
  memoryUsedBytes: number | null;
  /** Percent. */
  utilization: number | null;
  /** Degrees Celsius. */
  temperature: number | null;
  /** Watts. */
  power: number | null;
  driver: string | null;
  /** The version of CUDA or ROCm that goes with the driver. */
  runtime: string | null;
  /** What programs are built for, as `gfx1010`: of the chip itself, whatever it is told to report. */
  architecture: string | null;
  /** Whether it is cut into slices; the slices are not listed. */
  sliced: boolean | null;
  healthy: boolean;
  /** What is wrong with it, or worth knowing; one sentence each. */
  notes: string[];
  /** Null when the list could not be had. */
  processes: AcceleratorProcess[] | null;
}

/** Why no accelerator could be listed. */
export type AcceleratorFailure =
  | 'driver-failed'
  | 'driver-mismatch'
  | 'library-missing'
  | 'accelerator-lost'
  | 'field-refused'
  | 'permission-denied'
  | 'probe-hung'
  | 'unreadable';

/**
 * - `found`: listed; `problems` tells of lost ones that are missing from the list, and of what else the tools said.
 * - `none`: a tool works and there are none, or one fails and the bus has no card for it: `because` says so.
 * - `no-tool`: no vendor's tool is installed.
 * - `failed`: a tool is there and gave no list.
 */
export type AcceleratorAnswer =
  | { kind: 'found'; accelerators: Accelerator[]; problems: string[] }
  | { kind: 'none'; because?: string }
  | { kind: 'no-tool' }
  | { kind: 'failed'; reason: AcceleratorFailure; message: string };

/** The list where there is one, empty where there is nothing to list, null where it could not be had. */
export function listAccelerators(answer: AcceleratorAnswer): Accelerator[] | null {
  if (answer.kind === 'found') return answer.accelerators;
  return answer.kind === 'failed' ? null : [];
}

/** An accelerator of which nothing is known yet. */
export function unknownAccelerator(vendor: Vendor): Accelerator {
  return {
    vendor,
    model: null,
    index: null,
    uuid: null,
    busId: null,
    memoryBytes: null,
    memoryUsedBytes: null,
    utilization: null,
    temperature: null,
    power: null,
    driver: null,
    runtime: null,
    architecture: null,
    sliced: null,
    healthy: true,
    notes: [],
    processes: null,
  };
}

export function failedAnswer(reason: AcceleratorFailure, message: string): AcceleratorAnswer {
  return { kind: 'failed', reason, message };
}
