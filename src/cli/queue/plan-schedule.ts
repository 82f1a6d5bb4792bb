import { messageOf, usageError } from '../../errors.ts';
import type { NewEntry, ScheduleRecord } from '../../store/queue-records.ts';
import type { Context } from '../context.ts';
import { parseAddWords } from './add-flags.ts';
import { planEntries } from './plan-entries.ts';

/**
 * What a schedule adds, by the files as they are now. Its windows are in the zone of the schedule, unless its words name another: the process that adds
 * may be anywhere.
 */
export async function planSchedule(
  context: Context,
  { name, words, folder, zone }: Pick<ScheduleRecord, 'name' | 'words' | 'folder' | 'zone'>,
): Promise<NewEntry[]> {
  const wish = await parseAddWords(words).catch((error: unknown) => {
    throw usageError('usage', `its words cannot be read: ${messageOf(error)}`);
  });
  const { entries } = await planEntries(context, { ...wish, tz: wish.tz ?? zone }, { schedule: name, folder });
  return entries;
}
