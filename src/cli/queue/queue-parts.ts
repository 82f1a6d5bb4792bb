import { exitCodes, FleetError } from '../../errors.ts';
import type { QueueLine, QueueParts } from '../../queue/parts.ts';
import type { EntryRecord } from '../../store/queue-records.ts';
import type { Context } from '../context.ts';
import { parseAsked, type Asked } from './asked.ts';
import { planPoint } from './plan-entries.ts';
import { planSchedule } from './plan-schedule.ts';

/** What sees to the queue, joined with the files that say what runs. */
export async function queueParts(context: Context, tell: (line: QueueLine) => void): Promise<QueueParts> {
  const parts = await context.engineParts();
  return {
    ...parts,
    tell,
    planEntry: (entry, asked) => planEntry(context, entry, parseAsked(asked)),
    planSchedule: (schedule) => planSchedule(context, schedule),
  };
}

async function planEntry(context: Context, entry: EntryRecord, asked: Asked) {
  const { point, host } = entry;
  const params = { ...entry.params, ...entry.changed };
  const { plans } = await planPoint(context, { host }, { asked, params, point });
  const [plan, ...others] = plans;
  if (plan !== undefined && others.length === 0) return plan;
  throw new FleetError(`"${host}" is ${plans.length} runs by now, and was one when the entry was added`, {
    code: 'entry-changed',
    exit: exitCodes.usage,
  });
}
