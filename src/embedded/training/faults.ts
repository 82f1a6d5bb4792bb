import { PretendFailure } from './failure.ts';

/**
 * What PRETEND_FAULT may ask for, separated by commas. Those that begin at a step take it after an `@`: `oom@1200`.
 *
 * - `oom`: a CUDA out-of-memory error, exit 1
 * - `nan`: the loss is NaN from then on; training goes on
 * - `hang`: no further step; the watchdog writes on, and neither .HALT nor TERM is heeded
 * - `exit-early`: exit 0 with the work half done
 * - `slow`: 22 tokens a second
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
    slow: null,
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

export function parseFaults(text: string | undefined): Faults {
  const asked = new Map<string, number | null>();
  for (const word of (text ?? '').split(',').filter((part) => part !== '')) {
    const [name = '', step] = word.split('@');
    const place = places.get(name);
    if (place === undefined || (step !== undefined && (place === null || !/^[1-9]\d{0,8}$/.test(step)))) throw refuse(word);
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
