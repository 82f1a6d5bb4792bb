import type { Drive } from '../drive.ts';
import { judgeEvidence, type Finding } from '../job/evidence.ts';
import type { WorkerFinding } from './judge-gang.ts';
import type { Sight, WorkerEyes } from './worker-eyes.ts';

/** How long those that have answered wait for the others. */
const stragglersMs = 2_000;

type Landed = { sight: Sight } | { error: unknown };

interface Round {
  /** The last look at each worker that has answered since this controller began, in the order of the workers. */
  sights: Sight[];
  /** Those whose look is still under way. */
  silent: Drive[];
  /** What is known of each worker now. */
  findings: WorkerFinding[];
}

/**
 * Looks at all workers side by side. A worker that does not answer keeps nobody waiting: its look goes on, and brings what it brings in a later round.
 * With `whole` each of them is waited for.
 */
export function lookInRounds({ parts, signal }: Drive, eyes: readonly WorkerEyes[]) {
  const flights = new Map<WorkerEyes, { landing: Promise<void>; landed: Landed | null }>();
  const sights = new Map<WorkerEyes, Sight>();

  function begin(one: WorkerEyes, final: boolean): Promise<void> {
    const flight: { landing: Promise<void>; landed: Landed | null } = { landing: Promise.resolve(), landed: null };
    flight.landing = one.look({ final }).then(
      (sight) => {
        flight.landed = { sight };
      },
      (error: unknown) => {
        flight.landed = { error };
      },
    );
    flights.set(one, flight);
    return flight.landing;
  }

  return async function round({ final, whole }: { final: boolean; whole: boolean }): Promise<Round> {
    const fresh = eyes.filter((one) => !flights.has(one)).map((one) => begin(one, final));
    const landings = [...flights.values()].map(({ landing }) => landing);
    if (whole || eyes.length === 1) await Promise.all(landings);
    else {
      await Promise.race(landings);
      await raceTime(Promise.all(fresh));
    }
    for (const [one, { landed }] of flights) {
      if (landed === null) continue;
      flights.delete(one);
      if ('error' in landed) throw landed.error;
      sights.set(one, landed.sight);
    }
    return {
      sights: eyes.flatMap((one) => sights.get(one) ?? []),
      silent: [...flights.keys()].map(({ worker }) => worker),
      findings: eyes.map((one) => ({ target: one.worker.target, finding: findingOf(one) })),
    };
  };

  /** A look that is still under way says nothing new, and what the one before said of a job that had ended stays. */
  function findingOf(one: WorkerEyes): Finding {
    const last = sights.get(one)?.finding ?? null;
    const stands = !flights.has(one) || last?.kind === 'over' || last?.kind === 'lost';
    return stands && last !== null ? last : judgeEvidence(null, { incarnation: null }, false);
  }

  async function raceTime(everyone: Promise<unknown>): Promise<void> {
    const waited = new AbortController();
    try {
      await Promise.race([everyone, parts.clock.wait(stragglersMs, AbortSignal.any([signal, waited.signal]))]);
    } finally {
      waited.abort();
    }
  }
}
