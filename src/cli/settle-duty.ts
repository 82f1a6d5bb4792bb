import { describePerson } from '../engine/owner.ts';
import { usageError } from '../errors.ts';
import { nearestName } from '../language/nearest.ts';
import { describeDuty, type DutyDocument } from '../store/attempt-documents.ts';
import type { Context } from './context.ts';
import { findRun } from './find-run.ts';

export interface DutiesDocument {
  run: string;
  duties: DutyDocument[];
}

/** What a person says of a duty. */
export interface DutyWord {
  name: string;
  state: 'met' | 'failed';
  note: string | null;
}

/** The duties of a run, after the person's word if there is one. Whoever drives the run goes on. */
export async function settleDuty(context: Context, prefix: string, word: DutyWord | null): Promise<DutiesDocument> {
  const { run, store: looked } = await findRun(context, prefix);
  const store = word === null ? looked : await context.openStore();
  if (word !== null) {
    const duties = store.readDuties(run.id);
    const duty = duties.find(({ name }) => name === word.name);
    if (duty === undefined)
      throw unknownDuty(
        run.id,
        word.name,
        duties.map(({ name }) => name),
      );
    const { readOwner } = await import('../store/owner.ts');
    const [by, at] = [describePerson(readOwner()), context.clock.now()];
    const note = word.note === null ? '' : `: ${word.note}`;
    const event = { at, kind: 'duty', text: `duty "${duty.name}" (${duty.due}): ${word.state}, says ${by}${note}` };
    if (!store.settleDuty(run.id, { ...duty, state: word.state, message: word.note, by, at }, event)) {
      throw usageError(
        'duty-settled',
        `run ${run.id}: duty "${duty.name}" is ${duty.state} already${duty.by === null ? '' : `, says ${duty.by}`}`,
      );
    }
  }
  return { run: run.id, duties: store.readDuties(run.id).map(describeDuty) };
}

function unknownDuty(run: string, name: string, names: string[]): Error {
  const nearest = nearestName(name, names);
  const has = names.length === 0 ? 'it has none' : `it has ${names.map((one) => `"${one}"`).join(', ')}`;
  return usageError(
    'unknown-duty',
    `run ${run}: no duty is called "${name}": ${has}`,
    nearest === null ? [] : [`did you mean "${nearest}"?`],
  );
}
