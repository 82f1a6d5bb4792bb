import type { Connection } from './connection.ts';
import { parseStored } from './failures.ts';
import type { ScheduleRecord } from './queue-records.ts';
import type { Store } from './store.ts';

type Schedules = Pick<Store, 'addSchedule' | 'removeSchedule' | 'listSchedules' | 'recordSeenTo'>;

export function prepareSchedules(connection: Connection): Schedules {
  const insert = connection.prepare(
    `INSERT INTO schedules (name, cron, zone, words, folder, catch_up, overlap, added_at, seen_to)
     VALUES (@name, @cron, @zone, @words, @folder, @catchUp, @overlap, @addedAt, @seenTo) ON CONFLICT DO NOTHING`,
  );
  const remove = connection.prepare<[string]>('DELETE FROM schedules WHERE name = ?');
  const read = connection.prepare<[], Omit<ScheduleRecord, 'words'> & { words: string }>(
    `SELECT name, cron, zone, words, folder, catch_up AS catchUp, overlap, added_at AS addedAt, seen_to AS seenTo FROM schedules ORDER BY name`,
  );
  const see = connection.prepare<[number, string, number]>('UPDATE schedules SET seen_to = ? WHERE name = ? AND seen_to = ?');
  return {
    addSchedule: (schedule) =>
      connection.write(() => {
        const { words, addedAt, seenTo } = schedule;
        const times = { addedAt: Math.round(addedAt), seenTo: Math.round(seenTo) };
        return insert.run({ ...schedule, ...times, words: JSON.stringify(words) }).changes === 1;
      }),
    removeSchedule: (name) => connection.write(() => remove.run(name).changes === 1),
    listSchedules: () =>
      connection.read(() => read.all()).map((row) => ({ ...row, words: parseStored(row.words, connection.file) as string[] })),
    recordSeenTo: (name, before, at) => connection.write(() => see.run(Math.round(at), name, before).changes === 1),
  };
}
