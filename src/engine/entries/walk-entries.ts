import { messageOf } from '../../errors.ts';
import type { Phase } from '../../lifecycle/states.ts';
import type { Entry } from '../../playbook/playbook.ts';
import { UnexpectedAnswer } from '../../remote/command.ts';
import { QuestionTimedOut, QuestionTooLong } from '../../ssh/failures.ts';
import type { CheckRecord } from '../../store/records.ts';
import { settle, type Row } from './check-rows.ts';
import { performDeed } from './deeds/perform.ts';
import type { Drive } from '../drive.ts';
import { holdMachine } from '../hold-machine.ts';

export interface Planned {
  kind: 'check' | 'action';
  name: string;
  severity: Entry['severity'];
  /** Takes long, or costs: not begun once something has failed. */
  costly: boolean;
  /** The look or the change itself; it may be asked again after a crash. */
  perform(place: { phase: Phase; position: number }): Promise<Omit<Row, 'name' | 'seconds'>>;
}

export function planEntry(drive: Drive, entry: Entry): Planned {
  return {
    kind: entry.kind,
    name: entry.name,
    severity: entry.severity,
    costly: entry.expectedTimeSeconds !== null,
    perform: (place) => performDeed(drive, entry, place),
  };
}

/**
 * Walks an ordered list: each entry is claimed before and settled after, and what is settled is never done again. Before the job, the machine must still be ours. After a failed action nothing
 * else is begun; after a failed check only what is quick is still looked at, so that the table is whole. Returns the records.
 */
export async function walkEntries(drive: Drive, phase: Phase, entries: readonly Planned[]): Promise<CheckRecord[]> {
  const { store } = drive.parts;
  const run = drive.actor.run;
  const planned = entries.map(({ kind, name }, position) => ({ phase, position, kind, name }));
  drive.must(store.planChecks(drive.lease, planned));
  const records = () => store.readChecks(run).filter((check) => check.phase === phase);
  for (const [position, entry] of entries.entries()) {
    const recorded = records();
    if (recorded[position]?.status === 'settled') continue;
    drive.signal.throwIfAborted();
    if (phase !== 'verify') await holdMachine(drive);
    drive.must(store.claimCheck(drive.lease, phase, position));
    settle(drive, phase, position, await decide(drive, entry, { phase, position }, recorded));
  }
  return records();
}

async function decide(
  drive: Drive,
  entry: Planned,
  place: { phase: Phase; position: number },
  recorded: CheckRecord[],
): Promise<Row> {
  const failed = recorded.find(({ result }) => result === 'fail' || result === 'error');
  if (failed !== undefined && (entry.costly || entry.kind === 'action')) {
    return {
      name: entry.name,
      result: 'skip',
      expected: null,
      observed: null,
      message: `not begun: "${failed.name}" failed`,
      seconds: null,
    };
  }
  const begin = drive.parts.clock.monotonic();
  const row = await performSafely(entry, place);
  const result = row.result === 'fail' && entry.severity === 'warn' ? 'warn' : row.result;
  return { ...row, name: entry.name, result, seconds: (drive.parts.clock.monotonic() - begin) / 1000 };
}

/** A look that hung, or gave what cannot be read, is an error of that look: not passed, and not a failed machine. */
async function performSafely(entry: Planned, place: { phase: Phase; position: number }): Promise<Omit<Row, 'name' | 'seconds'>> {
  try {
    return await entry.perform(place);
  } catch (error) {
    if (error instanceof QuestionTimedOut || error instanceof QuestionTooLong || error instanceof UnexpectedAnswer) {
      return { result: 'error', expected: 'an answer', observed: messageOf(error), message: null };
    }
    throw error;
  }
}
