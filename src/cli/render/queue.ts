import type { EntryDocument } from '../queue/entry-document.ts';
import type { Color, Screen } from '../screen.ts';
import { renderEntryName } from './entry-name.ts';
import { printable, wrap } from './printable.ts';
import { renderTable, type Row } from './table.ts';

const columns = [
  { title: 'ENTRY' },
  { title: 'WHAT', least: 20 },
  { title: 'STATE' },
  { title: 'PRIORITY', align: 'right' as const },
  { title: 'WINDOW' },
  { title: 'YIELD BY' },
  { title: 'RUN' },
];

const colors: Partial<Record<EntryDocument['state'], Color>> = { running: 'green', failed: 'red', held: 'yellow' };

export interface QueueDocument {
  entries: EntryDocument[];
}

/** One line an entry, in the order of the queue; below it why it waits, or why it failed. */
export function renderQueue({ entries }: QueueDocument, screen: Screen): string[] {
  if (entries.length === 0) return ['the queue is empty; fleet queue list --all shows what is over'];
  return renderTable(columns, entries.map(renderEntry), screen);
}

/** Everything that an entry waits for. */
export function renderExplanation(entry: EntryDocument, screen: Screen): string[] {
  const { id, state, waits, reason, run } = entry;
  const of = run === null ? '' : `, run ${run}`;
  const why = waits.length > 0 ? waits : reason === null ? [] : [reason];
  return [`${id} ${renderEntryName(entry)}: ${state}${of}`, ...why.flatMap((line) => wrap(`  ${printable(line)}`, screen.width))];
}

function renderEntry(entry: EntryDocument): Row {
  const { id, state, priority, window, yieldBy, run, reason } = entry;
  const color = colors[state];
  return {
    cells: [
      id,
      renderEntryName(entry),
      { text: state, ...(color === undefined ? {} : { color }) },
      priority === 0 ? '' : String(priority),
      window ?? '',
      yieldBy ?? '',
      run ?? '',
    ],
    notes: reason === null ? [] : [reason],
  };
}
