import type { QuarantineDocument } from '../change-quarantine.ts';
import type { Screen } from '../screen.ts';
import { renderTable } from './table.ts';

const columns = [{ title: 'HOST' }, { title: 'SINCE' }, { title: 'BY' }, { title: 'REASON' }];

export function renderQuarantines({ quarantines, lifted }: QuarantineDocument, screen: Screen): string[] {
  const back = lifted.map((host) => `${host} is back in use`);
  if (quarantines.length === 0) return back.length > 0 ? back : ['no host is in quarantine'];
  const rows = quarantines.map(({ host, at, by, reason }) => ({ cells: [host, at, by, reason] }));
  return [...back, ...renderTable(columns, rows, screen)];
}
