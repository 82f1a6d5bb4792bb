import { PretendFailure } from './failure.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** How long things take and live, all on the wall clock of this computer. */
export interface Limits {
  /** For all the steps of a run, however fast the run claims to be. */
  runSeconds: number;
  /** No pretend process of a run lives longer. */
  lifeSeconds: number;
  /** Loaders whose rank was killed stay this long. */
  lingerSeconds: number;
  /** Between the records that the watchdog of a hung trainer writes. */
  watchdogSeconds: number;
  /** How long a slow first step or a slow save takes. */
  pauseSeconds: number;
}

export function readLimits(variables: Variables, usualRunSeconds = 16): Limits {
  return {
    runSeconds: readSeconds(variables, 'PRETEND_SECONDS', usualRunSeconds),
    lifeSeconds: readSeconds(variables, 'PRETEND_MAX_SECONDS', 15 * 60),
    lingerSeconds: readSeconds(variables, 'PRETEND_LINGER_SECONDS', 10 * 60),
    watchdogSeconds: readSeconds(variables, 'PRETEND_WATCHDOG_SECONDS', 2),
    pauseSeconds: readSeconds(variables, 'PRETEND_PAUSE_SECONDS', 5),
  };
}

function readSeconds(variables: Variables, name: string, usual: number): number {
  const text = variables[name];
  if (text === undefined || text === '') return usual;
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds > 0 && seconds <= 86_400) return seconds;
  throw new PretendFailure(`${name}: expected seconds above 0 and up to 86400, got "${text}"`, 2);
}
