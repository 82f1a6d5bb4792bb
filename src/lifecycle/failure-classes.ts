/** What a failure was, in the order of causes: what stands higher brings about what stands lower, never the other way round. */
export const failureClasses = [
  'host-memory',
  'gpu-memory',
  'tpu-memory',
  'tpu-busy',
  'disk-full',
  'rocm-fault',
  'wrong-build',
  'driver-too-old',
  'cuda-hardware',
  'xid-hardware',
  'cuda',
  'xid-application',
  'import-error',
  'usage',
  'config',
  'ddp-settings',
  'no-gpu',
  'diverged',
  'test-failure',
  'killed',
  'segfault',
  'nccl-timeout',
  'nccl',
  'aborted',
  'terminated',
  'unknown',
] as const;

/** What most programs exit with when they are used wrongly, argparse before all: so they are in every profile (D-15). */
export const usageStatus = 2;

export type FailureClass = (typeof failureClasses)[number];

/** What built-in patterns find besides: worth a look, and no failure. */
export const warningNames = ['hipblaslt', 'handled-gpu-fault'] as const;

export type WarningName = (typeof warningNames)[number];

/** What an attempt ends for, where no class says it: stopped by the guard, or not what was promised. */
const endReasons = [
  'stalled',
  'disk-floor',
  'time-limit',
  'exit-status',
  'not-begun',
  'progress-unknown',
  'stopped-short',
  'failed-after-completion',
  'did-not-exit',
] as const;

/** All that a playbook can name as the cause of what follows an attempt. */
export const failureCauses: readonly string[] = [...failureClasses, ...endReasons];
