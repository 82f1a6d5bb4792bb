import { ownChecks } from '../lifecycle/own-checks.ts';
import { claimHost } from '../remote/claims.ts';
import type { Row } from './entries/check-rows.ts';
import type { Drive } from './drive.ts';
import { mergeRows } from './gang/merge-rows.ts';
import { onAll } from './gang/on-all.ts';
import { describeOwner } from './owner.ts';

/** Another run has the machine: this one was away for too long, and must not change anything there any more. */
export class MachineTaken extends Error {
  readonly row: Row;

  constructor(run: string, row: Row) {
    super(`run ${run}: another run has the machine: ${row.observed ?? ''}`);
    this.name = 'MachineTaken';
    this.row = row;
  }
}

/** Takes the machines of all workers for the run, or keeps them. One that another run has is told in the row. */
export async function takeMachines(drive: Drive): Promise<Row> {
  const rows = await onAll(drive, async (worker) => ({ target: worker.target, row: await takeMachine(worker) }));
  return mergeRows(drive.plan.targets, rows, { alike: false });
}

async function takeMachine(drive: Drive): Promise<Row> {
  const claim = await drive.session.call(
    claimHost(drive.actor, describeOwner(drive.parts.owner), drive.host.slot?.indices ?? null),
  );
  const name = ownChecks.machineIsFree;
  if (claim.claimed) {
    const now = drive.parts.clock.now();
    const machine = claim.file.split('/').at(-1) ?? claim.file;
    const record = { host: drive.host.name, worker: drive.target.worker, machine, claimedAt: now, releasedAt: null };
    drive.must(drive.parts.store.recordHostClaim(drive.lease, record));
    return { name, result: 'pass', expected: 'free', observed: 'claimed for this run', message: null, seconds: null };
  }
  const message = `run ${claim.run} of ${claim.owner} has it; fleet status ${claim.run}, or fleet halt ${claim.run}, on the machine that started it`;
  return { name, result: 'fail', expected: 'free', observed: `run ${claim.run}`, message, seconds: null, reason: 'host-busy' };
}

/**
 * A claim holds while its controller speaks: whoever was away (a closed laptop, a crash) may find the machine taken, and throws MachineTaken before
 * the next thing is done there. A preflight claims nothing.
 */
export async function holdMachines(drive: Drive): Promise<void> {
  await hold(drive, takeMachines);
}

/** The same of this worker alone. */
export async function holdMachine(worker: Drive): Promise<void> {
  await hold(worker, takeMachine);
}

async function hold(drive: Drive, take: (drive: Drive) => Promise<Row>): Promise<void> {
  if (drive.plan.kind !== 'launch') return;
  const row = await take(drive);
  if (row.result !== 'pass') throw new MachineTaken(drive.actor.run, row);
}
