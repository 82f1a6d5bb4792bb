import { failureClasses, type FailureClass } from '../../lifecycle/failure-classes.ts';

/**
 * Whether trying again makes sense. `once`: it may have been chance. `after-space`: when the disk has space again. `by-cause`: the class alone does
 * not say.
 */
type Retry = 'no' | 'once' | 'after-space' | 'cpu-fallback' | 'other-host' | 'by-cause';

interface ClassRow {
  retry: Retry;
  advice: string;
}

const row = (retry: Retry, advice: string): ClassRow => ({ retry, advice });

const classRows: Readonly<Record<FailureClass, ClassRow>> = {
  'host-memory': row(
    'no',
    'the kernel killed it for want of memory of the host: fewer loader workers, a smaller cache, or more memory',
  ),
  'gpu-memory': row('no', 'a smaller batch, sequence or model, or activation checkpointing; as it is it fails again'),
  'tpu-memory': row('no', 'the compiled program does not fit: a smaller batch for each chip, or more sharding'),
  'tpu-busy': row('no', 'another process has the chips: end it, and remove a stale /tmp/libtpu_lockfile'),
  'disk-full': row('after-space', 'free space where it writes, then start again from the last valid checkpoint'),
  'rocm-fault': row(
    'cpu-fallback',
    'the GPU faulted and the process was aborted: go on with the CPU, from the last valid checkpoint',
  ),
  'wrong-build': row('no', 'this build has no code for this GPU: install one for it, or set its override'),
  'driver-too-old': row('no', 'a newer driver, or a build for the driver that is there'),
  'cuda-hardware': row('other-host', 'the memory of the GPU is faulty: another host, and quarantine for this one'),
  'xid-hardware': row(
    'other-host',
    'the kernel reports a fault of the GPU or its driver: another host, and quarantine for this one',
  ),
  cuda: row('no', 'a fault of the program on the GPU: run it with CUDA_LAUNCH_BLOCKING=1 to see where'),
  'xid-application': row(
    'no',
    'the kernel reports that the program misused the GPU: run it with CUDA_LAUNCH_BLOCKING=1 to see where',
  ),
  'import-error': row('no', 'a package is missing or does not fit: look at the environment and at setup'),
  usage: row('no', 'the program does not know these arguments: look at launch.run'),
  config: row('no', 'the configuration lacks a key: look at the file and at the branch it is for'),
  'ddp-settings': row('no', 'DDP together with gradient checkpointing: static graph, or no re-entrant checkpointing'),
  'no-gpu': row('no', 'the process saw no GPU: look at the driver, CUDA_VISIBLE_DEVICES and the build'),
  diverged: row('no', 'the loss is no number any more: go back to a checkpoint before, with a lower learning rate'),
  'test-failure': row('no', 'tests did not pass: nothing was proved'),
  killed: row(
    'no',
    'killed by signal 9, and no kernel log names it for want of memory: a scheduler, a limit of its group, or a person',
  ),
  segfault: row('by-cause', 'a fault in native code: look at the last lines and at the extension that was called'),
  'nccl-timeout': row('once', 'a collective operation did not end: look which rank came too late, then at its log'),
  nccl: row('once', 'communication between ranks failed: look at the other ranks, the interfaces and the fabric'),
  aborted: row('by-cause', 'the process aborted itself: look at the lines before'),
  terminated: row('by-cause', 'it was asked to end: look who did'),
  unknown: row('by-cause', 'no known text: look at the last lines of the log'),
};

export interface Failure {
  class: FailureClass;
  /** The line that tells it, or what is known besides. */
  text: string;
  rank: number | null;
  /** Of the process that failed first; torchrun gives a negative one for a signal. */
  exitCode: number | null;
  signal: string | null;
  advice: string;
  retry: Retry;
}

export function adviseOn(failure: FailureClass): ClassRow {
  return classRows[failure];
}

/** Negative when `a` is rather the cause of `b`. */
export function compareCauses(a: FailureClass, b: FailureClass): number {
  return failureClasses.indexOf(a) - failureClasses.indexOf(b);
}
