import type { FailureClass, WarningName } from '../../lifecycle/failure-classes.ts';
import { adviseOn } from './failure.ts';

/** A text that trainers, their libraries and drivers print, and what it means. */
export interface FailurePattern {
  /** The class, or a name of its own where it is worth a look and no failure. A playbook silences it by this name. */
  name: FailureClass | WarningName;
  class: FailureClass | null;
  /** Of the flag that it raises. */
  color: 'red' | 'yellow';
  /** In context: words of prose, names of tests and counts of nothing do not match. */
  matches: RegExp;
  /** What to do about it. */
  hint: string;
}

/** `loss`, `train_loss`, `'loss':` and the like; what stands for "the best so far" begins at infinity. */
const lossIs = String.raw`(?<!(?:best|min|lowest|prev|previous|initial|old)[ _-](?:\w+[ _-])?)(?<![A-Za-z])loss['"]?\s{0,8}[:=]?\s{0,8}['"]?`;
const noNumber = String.raw`[+-]?(?:nan|inf|infinity)\b`;

/** The first that matches a line says what it is. */
const failurePatterns: readonly FailurePattern[] = [
  red('tpu-memory', /RESOURCE_EXHAUSTED: XLA:TPU compile|Ran out of memory in memory space (?:hbm|[sv]mem)/),
  red('tpu-busy', /ABORTED: The TPU is already in use by process with pid \d+/),
  red(
    'gpu-memory',
    /\b(?:CUDA|HIP) out of memory\. |\btorch(?:\.cuda)?\.OutOfMemoryError\b|\b(?:CUDA|HIP) error: out of memory|RESOURCE_EXHAUSTED: Out of memory/,
  ),
  red('nccl-timeout', /Watchdog caught collective operation timeout: Work\w+\(/),
  red('ddp-settings', /Expected to mark a variable ready only once/),
  red('cuda-hardware', /uncorrectable (?:NVLink |ECC )?error (?:was )?(?:encountered|detected)/),
  red('wrong-build', /hipErrorNoBinaryForGpu|no kernel image is available for execution/),
  red(
    'cuda',
    /(?:CUDA|HIP) error: (?:an illegal memory access was encountered|unspecified launch failure|device-side assert triggered|misaligned address|an illegal instruction was encountered)/,
  ),
  red(
    'driver-too-old',
    /The NVIDIA driver on your system is too old|CUDA driver version is insufficient for CUDA runtime version/,
  ),
  red(
    'rocm-fault',
    /HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION|aborting with error ?: HSA_STATUS_ERROR_\w+|Memory access fault by GPU node-\d+/,
  ),
  warning('hipblaslt', /Attempting to use hipBLASLt on an unsupported architecture/, 'slower on this GPU, and no failure'),
  warning(
    'handled-gpu-fault',
    /\bROCm GPU error detected:/,
    'the trainer goes on with the CPU when "CPU fallback ready" follows',
  ),
  yellow('no-gpu', /\bNo (?:CUDA|HIP) GPUs are available|\bCUDA (?:is )?not available\b/),
  red('nccl', /NCCL error in:|\bnccl(?:System|Internal|Remote|UnhandledCuda)Error\b|\bDistBackendError\b/),
  red('disk-full', /No space left on device|\[Errno 28\]|PytorchStreamWriter failed writing file/),
  red(
    'diverged',
    new RegExp(
      String.raw`(?<!\b(?:0|no|without|skip) )\bnon-finite loss\b(?!\s*[:=]\s*(?:0\b|true|false|none))|${lossIs}${noNumber}`,
      'i',
    ),
  ),
  red('diverged', new RegExp(String.raw`^(?=.*${lossIs}0\.0+\b).*\bgrad(?:ient)?[_ ]?norm['"]?\s*[:=]?\s*nan\b`, 'i')),
  yellow('import-error', /(?:^|[\s:|])(?:ModuleNotFoundError|ImportError): |\bFailed to import\b/),
  red('usage', /: error: (?:unrecognized arguments|the following arguments are required)\b/),
  red('config', /\bConfigAttributeError: Missing key|\b(?:ConfigKeyError|MissingMandatoryValue): /),
  red('killed', /\bSignal 9 \(SIGKILL\) received by PID \d+/),
];

/** NCCL talks a lot at levels of its own, and a test is named after what it tests. */
const harmless =
  /\bNCCL (?:INFO|WARN|TRACE|VERSION)\b|\.py::\S.*\b(?:PASSED|FAILED|SKIPPED|XFAIL|XPASS|ERROR)\b|^(?:PASSED|FAILED|SKIPPED|ERROR) \S+\.py::/;

/** One look at a line that is nothing, as nearly all are. */
const suspicious = new RegExp(failurePatterns.map(({ matches }) => `(?:${matches.source})`).join('|'), 'i');

const longestLine = 4_000;

/** `whole` without colours; a line that is nothing costs one search. Of a very long one the start is looked at. */
export function findFailurePattern(whole: string): FailurePattern | null {
  const line = whole.slice(0, longestLine);
  if (!suspicious.test(line) || harmless.test(line)) return null;
  return failurePatterns.find(({ matches }) => matches.test(line)) ?? null;
}

function red(failure: FailureClass, matches: RegExp): FailurePattern {
  return { name: failure, class: failure, color: 'red', matches, hint: adviseOn(failure).advice };
}

function yellow(failure: FailureClass, matches: RegExp): FailurePattern {
  return { ...red(failure, matches), color: 'yellow' };
}

function warning(name: WarningName, matches: RegExp, hint: string): FailurePattern {
  return { name, class: null, color: 'yellow', matches, hint };
}
