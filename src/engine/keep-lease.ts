import { momentOf } from '../clock.ts';
import { FleetError } from '../errors.ts';
import type { Lease, LeaseAnswer } from '../store/records.ts';
import { backOffMs } from './back-off.ts';
import { LeaseLost } from './lease-lost.ts';
import type { EngineParts } from './parts.ts';

const leaseMs = 30_000;
const renewEveryMs = 10_000;
const longestWaitMs = 5_000;
/** Trouble that comes back sooner is still the same. */
const calmMs = 60_000;

/** Nothing of the write has landed, and time or a person mends it: a full disk, another program that keeps the store locked. */
export function mayMend(error: unknown): error is FleetError {
  return error instanceof FleetError && (error.code === 'disk-full' || error.code === 'store-busy');
}

/** What keeps a run's lease, also through times in which the store cannot be written to: such a lease expires, and whoever takes it is known by the token. */
export interface LeaseKeeper {
  lease: Lease;
  start(): void;
  /** Whether nobody else has taken it in this store. */
  isOurs(): boolean;
  /** Returns once the store can be written to again; throws when `signal` aborts. */
  waitForStore(trouble: FleetError, signal: AbortSignal): Promise<void>;
  /** Gives the lease back. Where that cannot be stored it expires, or its owner is known dead. */
  end(): void;
}

export function askForLease(parts: EngineParts, run: string, terms: { takeOver: boolean; above?: number }): LeaseAnswer {
  return parts.store.takeLease(run, parts.owner, { ttlMs: leaseMs, ...terms, ...momentOf(parts.clock) });
}

/** `lost` is aborted with LeaseLost when another controller has taken over. `notice` is told when writing stops and when it goes on. */
export function keepLease(
  { store, clock, logger }: EngineParts,
  lease: Lease,
  lost: AbortController,
  notice: (text: string) => void,
): LeaseKeeper {
  let timer: NodeJS.Timeout | undefined;
  let trouble: FleetError | null = null;
  let tries = 0;
  let mendedAt = Number.NEGATIVE_INFINITY;

  const meet = (error: FleetError): void => {
    if (trouble === null && clock.monotonic() - mendedAt > calmMs) tries = 0;
    if (trouble?.code !== error.code) notice(describeTrouble(lease.run, error));
    trouble = error;
  };

  const mend = (): void => {
    if (trouble === null) return;
    trouble = null;
    mendedAt = clock.monotonic();
    notice(`run ${lease.run}: the store can be written to again, and nothing was lost`);
  };

  const renew = (): void => {
    try {
      if (!store.renewLease(lease, { ttlMs: leaseMs, ...momentOf(clock) })) {
        lost.abort(new LeaseLost(lease.run));
        return;
      }
      if (trouble?.code !== 'disk-full' || store.readRoom()?.full !== true) mend();
    } catch (error) {
      if (mayMend(error)) meet(error);
      else lost.abort(error);
    }
  };

  return {
    lease,
    isOurs: () => store.renewLease(lease, { ttlMs: leaseMs, ...momentOf(clock) }),
    start: () => {
      timer = setInterval(renew, renewEveryMs);
    },
    waitForStore: async (error, signal) => {
      meet(error);
      while (trouble !== null) {
        tries += 1;
        await clock.wait(Math.min(backOffMs(tries), longestWaitMs), signal);
        signal.throwIfAborted();
        renew();
      }
      signal.throwIfAborted();
    },
    end: () => {
      clearInterval(timer);
      try {
        store.releaseLease(lease);
        mend();
      } catch (error) {
        if (!mayMend(error)) throw error;
        logger.warn({ run: lease.run, code: error.code }, error.message);
      }
    },
  };
}

function describeTrouble(run: string, { message, suggestions }: FleetError): string {
  return `run ${run}: ${message}; the run goes on, and fleet waits until it can store again (${suggestions[0] ?? 'nothing to do'})`;
}
