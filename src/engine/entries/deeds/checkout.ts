import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FleetError } from '../../../errors.ts';
import { formatSize } from '../../../language/units.ts';
import type { Deed, Entry } from '../../../playbook/entries/entry.ts';
import { withSetup } from '../../../remote/author-command.ts';
import { checkoutScript, lookAtCheckout } from '../../../remote/checkout.ts';
import { detachedExecutor } from '../../../remote/detached/executor.ts';
import type { UnitPlace } from '../../../remote/executor.ts';
import { runFolder } from '../../../remote/host-script.ts';
import { carryUnit } from '../../carry-unit.ts';
import type { Drive } from '../../drive.ts';
import { CannotSend } from '../../sending/cannot-send.ts';
import { packCommit } from '../../sending/git-here.ts';
import { limitTime } from '../../sending/limit-time.ts';
import { NotSent } from '../../sending/not-sent.ts';
import { readParcel } from '../../sending/parcel.ts';
import { sendParcel } from '../../sending/send-parcel.ts';
import { below } from '../below.ts';
import { unitName } from '../schedule.ts';
import { timeLeft } from '../time-left.ts';
import type { TryPlace } from './place.ts';
import type { Result } from './result.ts';
import { setupOf } from '../../author-script.ts';

type Checkout = Extract<Deed, { kind: 'checkout' }>;

/** Source at a commit, in a repository on the host: what is there is asked by any later check of the source. */
export async function checkOut(drive: Drive, deed: Checkout, entry: Entry, place: TryPlace): Promise<Result> {
  const { commit, to } = deed;
  const expected = `commit ${commit.slice(0, 12)}`;
  const failed = (observed: string): Result => ({ result: 'fail', expected, observed, message: null });
  const folder = below(drive.plan.playbook.workdir, to);
  const state = await drive.session.call(lookAtCheckout(drive.actor, folder, commit, setupOf(drive)));
  if (state === 'no-git') return failed('no git on the host');
  if (state === 'there') return { result: 'pass', expected, observed: 'it was checked out already', message: null };
  try {
    const sent = state === 'absent' ? await sendCommit(drive, deed, entry) : null;
    const said = await runCheckout(drive, deed, entry, place, sent?.pack ?? null);
    if (said !== null) return failed(said);
    const how = sent === null ? 'the host had it' : `${formatSize(sent.bytes)} sent`;
    return { result: 'pass', expected, observed: `checked out; ${how}`, message: null };
  } catch (error) {
    const isFull = error instanceof FleetError && error.code === 'host-cannot-write';
    if (isFull || error instanceof NotSent || error instanceof CannotSend) return failed(error.message);
    throw error;
  }
}

async function sendCommit(
  drive: Drive,
  { repository, commit }: Checkout,
  entry: Entry,
): Promise<{ pack: string; bytes: number }> {
  const folder = `${runFolder(drive.host.remoteDir, drive.actor.run)}/sent`;
  const here = await mkdtemp(join(tmpdir(), 'fleet-'));
  try {
    const file = join(here, `${commit}.pack`);
    await packCommit(repository, commit, file, drive.signal);
    const { bytes } = await sendParcel(drive, await readParcel(file, []), folder, limitTime(drive, entry));
    return { pack: `${folder}/${commit}.pack`, bytes };
  } finally {
    await rm(here, { recursive: true, force: true });
  }
}

/** As a unit: a controller that comes later finds it. Null: done. */
async function runCheckout(
  drive: Drive,
  { commit, to }: Checkout,
  entry: Entry,
  place: TryPlace,
  pack: string | null,
): Promise<string | null> {
  const unit: UnitPlace = { attempt: drive.record().attempt, worker: drive.target.index, unit: unitName(place, place.try) };
  const { seconds } = timeLeft(entry, drive.plan.playbook, drive.parts.store.readChecks(drive.actor.run));
  const started = await carryUnit(drive, unit, {
    script: withSetup(setupOf(drive), checkoutScript(to, commit, pack)),
    timeLimitSeconds: seconds === null ? null : Math.max(1, seconds),
    needsEnvironment: false,
  });
  if (started.kind !== 'state') return `not begun: ${started.kind}`;
  const { exitCode, verdict } = started.state;
  if (exitCode === 0) return null;
  const { stdout, stderr } = await drive.session.call(detachedExecutor.output(drive.actor.run, unit, 4096));
  const said = `${stderr.toString().trim()} ${stdout.toString().trim()}`.trim();
  return `exit ${exitCode ?? 'unknown'}${verdict === null ? '' : ', stopped'}: ${said === '' ? 'git said nothing' : said}`;
}
