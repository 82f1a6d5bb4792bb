import { PretendFailure } from './failure.ts';
import { readWorker } from './rank.ts';
import type { Variables } from './rank.ts';

/**
 * What PRETEND_FAULT may ask for, separated by commas. Those that begin at a step take it after an `@`: `oom@1200`. Of several ranks, a
 * fault of one meets the last. One that is meant for a single worker of the run has it in front: `w5:hang`. A step that a resumed run has
 * behind it does not come again.
 *
 * - `oom`: an out-of-memory error of CUDA, exit 1; on a TPU already when the first step is compiled
 * - `nan`: the loss is NaN from then on; training goes on
 * - `hang`: no further step; the watchdog writes on, and neither .HALT nor TERM is heeded
 * - `exit-early`: exit 0 with the work half done
 * - `nccl-timeout`: the watchdog of NCCL gives up a collective operation, and the rank aborts
 * - `segfault`: a rank dies of a segmentation fault
 * - `killed`: a rank gets SIGKILL, and the kernel log says that it was for want of memory
 * - `xid`: the card has an error of its memory, told in the kernel log too
 * - `disk-full`: the first checkpoint from there on does not fit, and half of it stays
 * - `rank-idle`: one rank writes no record and its card is idle, the others go on
 * - `rank-missing`: one rank never begins, and the others hang in their first collective operation, with their watchdogs
 * - `silent`: the log gets no line from then on; training goes on
 * - `silent-all`: no further step, and nothing is written, by no watchdog either
 * - `linger`: all is done and written, and the process does not exit
 * - `late-metric`: no throughput is told before then; training goes on
 * - `slow`: 22 tokens a second
 * - `borderline`: 39 tokens a second, give or take 3 %
 * - `slow-first-step`, `slow-save`: the first step, each checkpoint takes PRETEND_PAUSE_SECONDS, or until the file .GO is made
 * - `self-fallback`, `gpu-works`, `cpu-dies`: of the EEG training: it falls back to the CPU by itself, its GPU does not fault, it fails on the CPU
 * - `refuse`, `die`: of the training on a TPU: the chips are in use and nothing starts; the worker fails at a step, exit 1
 * - `wrong-config`: the launch script does not pass the configuration on (the script looks at it, not the trainer)
 * - `partial-lines`: rows and records arrive in two halves
 * - `print-env`: the whole environment is printed at the start
 * - `ignore-halt`: .HALT is not heeded
 */
const places = new Map<string, number | null>(
  Object.entries({
    oom: 0.2,
    nan: 0.2,
    hang: 0.2,
    'exit-early': 0.3,
    'nccl-timeout': 0.2,
    segfault: 0.2,
    killed: 0.2,
    xid: 0.2,
    'disk-full': 0.2,
    'rank-idle': 0.2,
    'rank-missing': null,
    silent: 0.2,
    'silent-all': 0.2,
    linger: null,
    'late-metric': 0.2,
    slow: null,
    borderline: null,
    'slow-first-step': null,
    'slow-save': null,
    'self-fallback': null,
    'gpu-works': null,
    'cpu-dies': 0.2,
    refuse: null,
    die: 0.2,
    'wrong-config': null,
    'partial-lines': null,
    'print-env': null,
    'ignore-halt': null,
  }),
);

export interface Faults {
  has(name: string): boolean;
  /** The step at which a fault begins, of a run of so many steps; null when it was not asked for. */
  stepOf(name: string, steps: number): number | null;
}

/** Those that `variables` ask of this worker. */
export function readFaults(variables: Variables): Faults {
  return parseFaults(variables['PRETEND_FAULT'], readWorker(variables));
}

export function parseFaults(text: string | undefined, worker = 0): Faults {
  const asked = new Map<string, number | null>();
  for (const word of (text ?? '').split(',').filter((part) => part !== '')) {
    const [, aim, name = '', step] = /^(?:w(\d{1,4}):)?([^@]*)(?:@(.*))?$/.exec(word) ?? [];
    const place = places.get(name);
    if (place === undefined || (step !== undefined && (place === null || !/^[1-9]\d{0,8}$/.test(step)))) throw refuse(word);
    if (aim !== undefined && Number(aim) !== worker) continue;
    asked.set(name, step === undefined ? null : Number(step));
  }
  return {
    has: (name) => asked.has(name),
    stepOf: (name, steps) => {
      const step = asked.get(name);
      return step === undefined ? null : (step ?? Math.max(1, Math.round(steps * (places.get(name) ?? 0))));
    },
  };
}

function refuse(word: string): PretendFailure {
  const known = [...places].map(([name, place]) => (place === null ? name : `${name}[@STEP]`));
  return new PretendFailure(`PRETEND_FAULT: unknown fault "${word}", expected some of ${known.join(', ')}`, 2);
}
