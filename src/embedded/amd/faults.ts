import { PretendFailure } from '../training/failure.ts';

/**
 * What PRETEND_ROCM may ask for.
 *
 * - `hang`: no answer of rocm-smi and rocminfo, and TERM is not heeded
 * - `permission`: the user may not open /dev/kfd; rocm-smi reads elsewhere and answers
 * - `no-module`: the kernel has no amdgpu
 */
const rocmFaults = ['hang', 'permission', 'no-module'] as const;

export type RocmFault = (typeof rocmFaults)[number];

export function readRocmFault(variables: Readonly<Record<string, string | undefined>>): RocmFault | null {
  const text = variables['PRETEND_ROCM'] ?? '';
  if (text === '') return null;
  const fault = rocmFaults.find((each) => each === text);
  if (fault !== undefined) return fault;
  throw new PretendFailure(`PRETEND_ROCM: unknown fault "${text}", expected one of ${rocmFaults.join(', ')}`, 2);
}
