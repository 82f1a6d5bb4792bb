/** What the guard on a host knows a failure by: it has fixed texts and exit statuses, and no patterns. */
export interface HostSigns {
  texts: readonly string[];
  exits: readonly number[];
}

const signs: Readonly<Record<string, Partial<HostSigns>>> = {
  'rocm-fault': {
    texts: [
      'HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION',
      'aborting with error : HSA_STATUS_ERROR_',
      'aborting with error: HSA_STATUS_ERROR_',
      'Memory access fault by GPU node-',
    ],
  },
  'gpu-memory': {
    texts: ['CUDA out of memory. ', 'HIP out of memory. ', 'torch.OutOfMemoryError', 'torch.cuda.OutOfMemoryError'],
  },
  'no-gpu': { texts: ['No CUDA GPUs are available', 'No HIP GPUs are available'] },
  'wrong-build': { texts: ['hipErrorNoBinaryForGpu', 'no kernel image is available for execution'] },
  'driver-too-old': { texts: ['The NVIDIA driver on your system is too old'] },
  'cuda-hardware': { texts: ['uncorrectable ECC error encountered'] },
  cuda: {
    texts: [
      'CUDA error: an illegal memory access was encountered',
      'CUDA error: unspecified launch failure',
      'CUDA error: device-side assert triggered',
    ],
  },
  aborted: { exits: [134] },
  segfault: { exits: [139] },
  killed: { exits: [137] },
  terminated: { exits: [143] },
};

/** Nothing for a class that only the controller can tell. */
export function hostSigns(classes: readonly string[]): HostSigns {
  const found = classes.flatMap((name) => (Object.hasOwn(signs, name) ? [signs[name]] : []));
  return { texts: found.flatMap((one) => one?.texts ?? []), exits: found.flatMap((one) => one?.exits ?? []) };
}

/** Those that have any. */
export const signedClasses: readonly string[] = Object.keys(signs);
