/** As the HIP runtime prints before it aborts the process, and the shell after it. */
export function describeApertureViolation(pid: number): string {
  return [
    `:0:rocdevice.cpp            :2984: ${Math.round(process.uptime() * 1e6)} us: [pid:${pid} tid:0x7f1c2a7fc640] Callback: Queue 0x7f1be8a00000 aborting with error : HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION: The agent attempted to access memory beyond the largest legal address. code: 0x29`,
    'Aborted (core dumped)',
  ].join('\n');
}

export const hipBlasLtWarning =
  'torch/nn/modules/linear.py:125: UserWarning: Attempting to use hipBLASLt on an unsupported architecture! Overriding blas backend to hipblas (Triggered internally at ../aten/src/ATen/Context.cpp:296.)\n  return F.linear(input, self.weight, self.bias)';

export const selfFallback = ['⚠️  ROCm GPU error detected: HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION', '✅ CPU fallback ready'];
