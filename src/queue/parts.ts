import type { EngineParts } from '../engine/parts.ts';
import type { Plan } from '../engine/plan.ts';
import type { EntryRecord, NewEntry, ScheduleRecord } from '../store/queue-records.ts';

/** What the queue works with beside what runs do. */
export interface QueueParts extends EngineParts {
  /** The plan of a run for an entry, by what it was added with and the files as they are now. Throws what is wrong with them. */
  planEntry(entry: EntryRecord, asked: string): Promise<Plan>;
  /** What a schedule adds, by the files as they are now. Throws what is wrong with them. */
  planSchedule(schedule: ScheduleRecord): Promise<NewEntry[]>;
  /** One line for a person, or for the log. */
  tell(line: QueueLine): void;
}

export interface QueueLine {
  text: string;
  entry?: string;
  run?: string;
  /** Something is wrong. */
  trouble?: boolean;
}
