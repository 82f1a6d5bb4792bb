import type { DutyDocument } from '../../store/attempt-documents.ts';
import type { DutyState } from '../../store/attempt-records.ts';
import type { Color, Screen } from '../screen.ts';
import { renderTable } from './table.ts';

const colors: Partial<Record<DutyState, Color>> = { met: 'green', due: 'yellow', failed: 'red', missed: 'yellow' };

export function renderDuties(duties: readonly DutyDocument[], screen: Screen): string[] {
  if (duties.length === 0) return [];
  const columns = [{ title: 'DUTY' }, { title: 'DUE' }, { title: 'STATE' }, { title: 'SEEN' }, { title: 'BY' }];
  const rows = duties.map(({ name, due, dueAt, state, observed, message, by }) => {
    const color = colors[state];
    const shown = color === undefined ? state : { text: state, color };
    return { cells: [name, dueAt === null ? due : `${due} (${dueAt})`, shown, message ?? observed ?? '', by ?? ''] };
  });
  return renderTable(columns, rows, screen);
}
