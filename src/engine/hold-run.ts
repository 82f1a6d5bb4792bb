import { exitCodes, FleetError } from '../errors.ts';
import type { Lease, Owner } from '../store/records.ts';
import type { Drive, DriveOptions } from './drive.ts';
import { askForLease, keepLease } from './keep-lease.ts';
import { Fenced } from './lease-lost.ts';
import { makeDrive, readRun } from './make-drive.ts';
import { describeOwner } from './owner.ts';
import type { EngineParts } from './parts.ts';

/**
 * Does `work` for a run while holding its lease, whatever state the run is in. What `begin` writes is stored together with the taking of the lease: both,
 * or nothing.
 */
export async function holdRun(
  parts: EngineParts,
  run: string,
  options: DriveOptions & { begin?: (drive: Drive) => void },
  work: (drive: Drive) => Promise<void>,
): Promise<void> {
  try {
    await holdOnce(parts, run, options, work);
  } catch (error) {
    if (!(error instanceof StoreIsOlder) || !options.takeOver) throw error;
    await holdOnce(parts, run, { ...options, above: error.seenToken }, work);
  }
}

interface Hold extends DriveOptions {
  begin?: (drive: Drive) => void;
  /** A token that the host has seen. */
  above?: number;
}

async function holdOnce(parts: EngineParts, run: string, options: Hold, work: (drive: Drive) => Promise<void>): Promise<void> {
  const before = readRun(parts, run);
  const lost = new AbortController();
  const signal = AbortSignal.any([options.signal, lost.signal]);
  const { drive, keeper } = parts.store.together(() => {
    const keeper = keepLease(parts, takeLease(parts, run, options), lost, options.notice ?? (() => undefined));
    const drive = makeDrive(parts, before, keeper, { ...options, signal });
    options.begin?.(drive);
    return { drive, keeper };
  });
  keeper.start();
  try {
    await work(drive);
  } catch (error) {
    if (error instanceof Fenced && keeper.isOurs()) throw new StoreIsOlder(run, error.seenToken);
    throw error;
  } finally {
    keeper.end();
  }
}

/** The lease is ours, and yet the host has seen a newer one: the store was put back to an earlier time, or another store drives the run. */
class StoreIsOlder extends FleetError {
  readonly seenToken: number;

  constructor(run: string, seenToken: number) {
    super(
      `run ${run}: its host has heard a later controller than this store knows (token ${seenToken}): another store drives it, or this one is older`,
      {
        code: 'store-older-than-host',
        exit: exitCodes.couldNot,
        suggestions: [`fleet resume ${run} --take-over drives it from here, whoever else does`],
      },
    );
    this.seenToken = seenToken;
  }
}

function takeLease(parts: EngineParts, run: string, { takeOver, above }: Hold): Lease {
  const answer = askForLease(parts, run, { takeOver, ...(above === undefined ? {} : { above }) });
  if (!answer.taken) throw heldBy(run, answer.owner, answer.since);
  if (answer.previous !== null) {
    const text = `taken over from ${describeOwner(answer.previous)} by ${describeOwner(parts.owner)}`;
    parts.store.recordEvent(answer.lease, { at: parts.clock.now(), kind: 'taken-over', text });
  }
  return answer.lease;
}

function heldBy(run: string, owner: Owner, since: number): FleetError {
  return new FleetError(`run ${run}: ${describeOwner(owner)} drives it since ${new Date(since).toISOString()}`, {
    code: 'run-held',
    exit: exitCodes.couldNot,
    suggestions: [`fleet watch ${run} attaches to it`, `fleet resume ${run} --take-over replaces that controller`],
  });
}
