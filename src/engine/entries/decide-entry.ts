import { messageOf } from '../../errors.ts';
import type { Entry } from '../../playbook/entries/entry.ts';
import type { CheckRecord } from '../../store/check-records.ts';
import { UnexpectedAnswer } from '../../remote/command.ts';
import { QuestionTimedOut, QuestionTooLong } from '../../ssh/failures.ts';
import { isWhole } from '../checkpoints/rules.ts';
import type { Drive } from '../drive.ts';
import type { Row } from './check-rows.ts';
import { performDeed } from './deeds/perform.ts';
import type { Place, TryPlace } from './deeds/place.ts';
import type { Result } from './deeds/result.ts';
import { judgeNeeds } from './needs.ts';
import { recall, type Memory } from './remembered.ts';
import { isUnit } from './schedule.ts';
import type { Waivable } from './waivers.ts';

/** Where entries wait for each other: those that are asked together are answered one after the other. */
export interface Lane {
  /** When the last of them was done, on the monotonic clock. */
  doneAt: number;
}

/** An entry with what a waiver of it goes by. */
export type AskedEntry = Entry & Waivable;

/** What an earlier run saw on a worker. */
export type Recall = (drive: Drive, entry: Entry) => Promise<Memory>;

/** What an entry's row shows: why it was not begun, what is remembered of it, or how it came out. */
export async function decideEntry(
  drive: Drive,
  entry: AskedEntry,
  place: Place,
  failed: CheckRecord | null,
  lane: Lane,
  remembered: Recall = recall,
): Promise<Row> {
  const begin = drive.parts.clock.monotonic();
  const row =
    skipAfterFailure(drive, entry, failed) ??
    skipWhenGoingOn(drive, entry) ??
    judgeNeeds(drive, entry) ??
    (await look(drive, entry, place, remembered));
  const result = row.result === 'fail' && entry.severity === 'warn' ? 'warn' : row.result;
  const hint = result === 'fail' || result === 'error' || result === 'warn' ? entry.hint : null;
  const message = [row.message, hint].filter((text) => text !== null).join('; ');
  const end = drive.parts.clock.monotonic();
  const seconds = result === 'skip' ? null : (end - Math.max(begin, lane.doneAt)) / 1000;
  lane.doneAt = end;
  return { ...row, name: entry.name, repeats: entry.repeats, result, message: message === '' ? null : message, seconds };
}

/** After a failure nothing that changes or costs something is begun; what is quick is still looked at, so that the table is whole. */
function skipAfterFailure(drive: Drive, entry: Entry, failed: CheckRecord | null): Result | null {
  const waits = drive.plan.playbook.strictOrder || isUnit(entry) || entry.kind === 'action';
  if (failed === null || !waits) return null;
  return { result: 'skip', expected: null, observed: null, message: `not begun: "${failed.name}" failed` };
}

/** What makes a fresh beginning would take away what the run goes on from. */
function skipWhenGoingOn({ plan, parts: { store } }: Drive, { unlessGoesOn = false }: Entry): Result | null {
  const earlier = plan.goesOnFrom?.find((run) => store.readCheckpoints(run).some(isWhole));
  if (!unlessGoesOn || earlier === undefined) return null;
  return { result: 'skip', expected: null, observed: null, message: `the run goes on from run ${earlier}` };
}

async function look(drive: Drive, entry: Entry, place: Place, remembered: Recall): Promise<Result> {
  const memory = await remembered(drive, entry);
  if (memory.row !== null) return memory.row;
  const row = await tryUntilMet(drive, entry, place);
  return row.result === 'pass' && memory.key !== null ? { ...row, rememberAs: [memory.key] } : row;
}

async function tryUntilMet(drive: Drive, entry: Entry, place: Place): Promise<Result> {
  const { times, delaySeconds } = entry.retry ?? { times: 1, delaySeconds: 0 };
  for (let number = 1; ; number++) {
    const row = await performSafely(drive, entry, { ...place, try: number });
    const met = row.result !== 'fail' && row.result !== 'error';
    if (times === 1 || (met && number === 1)) return row;
    if (met || number === times) return { ...row, observed: `${row.observed ?? ''} (try ${number} of ${times})`.trim() };
    await drive.parts.clock.wait(delaySeconds * 1000, drive.signal);
    drive.signal.throwIfAborted();
  }
}

/** A look that hung, or gave what cannot be read, is an error of that look: not passed, and not a failed machine. */
async function performSafely(drive: Drive, entry: Entry, place: TryPlace): Promise<Result> {
  try {
    return await performDeed(drive, entry, place);
  } catch (error) {
    if (error instanceof QuestionTimedOut || error instanceof QuestionTooLong || error instanceof UnexpectedAnswer) {
      return { result: 'error', expected: 'an answer', observed: messageOf(error), message: null };
    }
    throw error;
  }
}
