import type { OutboxDocument } from '../notify.ts';
import type { MessageRecord } from '../../store/outbox-records.ts';
import type { Screen } from '../screen.ts';
import { renderTable } from './table.ts';

const channelColumns = [{ title: 'CHANNEL' }, { title: 'BY' }, { title: 'TOLD' }];
const messageColumns = [
  { title: 'MESSAGE', most: 60 },
  { title: 'CHANNEL' },
  { title: 'STATE' },
  { title: 'TRIES' },
  { title: 'WHY', most: 80 },
];

export function renderOutbox({ file, channels, messages }: OutboxDocument, screen: Screen): string[] {
  const head = channels.map(({ name, by, on }) => ({ cells: [name, by, on.join(', ')] }));
  const rows = messages.map(({ title, channel, state, tries, reason, nextTryAt }) => {
    const when = nextTryAt === null ? '' : `, next try ${nextTryAt}`;
    return { cells: [title, channel, `${state}${when}`, String(tries), reason ?? ''], inFull: true };
  });
  return [
    ...(file === null
      ? ['nobody is told anything: there are no settings']
      : [file, ...renderTable(channelColumns, head, screen)]),
    '',
    ...(rows.length === 0 ? ['no message waits, and none was put in the last day'] : renderTable(messageColumns, rows, screen)),
  ];
}

/** What is due and was not sent, for whoever leaves. */
export function describeWaiting(messages: readonly MessageRecord[], channels: readonly string[], now: number): string[] {
  const waiting = messages.filter(
    ({ state, channel, notBefore, tries }) =>
      state === 'pending' && channels.includes(channel) && (tries > 0 || notBefore <= now),
  );
  if (waiting.length === 0) return [];
  const why = [...new Set(waiting.map(({ channel }) => channel))].map((channel) => {
    const reason = waiting.find((one) => one.channel === channel && one.reason !== null)?.reason;
    return `${channel}: ${reason ?? 'not tried yet'}`;
  });
  const count = waiting.length === 1 ? 'one notification is' : `${waiting.length} notifications are`;
  return [`${count} not sent yet (${why.join('; ')}); the next fleet process tries again; fleet notify shows them`];
}
