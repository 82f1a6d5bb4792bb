import { formatDuration } from '../../language/units.ts';
import type { RunDocument } from '../../store/run-document.ts';
import type { Screen } from '../screen.ts';
import { renderTable } from './table.ts';

const columns = [
  { title: 'ATTEMPT', align: 'right' as const },
  { title: 'PROFILE' },
  { title: 'BECAUSE', most: 40 },
  { title: 'FROM', most: 40 },
  { title: 'LAST STEP', align: 'right' as const },
  { title: 'TOOK', align: 'right' as const },
  { title: 'EXIT', align: 'right' as const },
  { title: 'FAILURE' },
];

/** Only where there is more than one: what a single attempt has to say is told elsewhere. */
export function renderAttempts(attempts: RunDocument['attempts'], screen: Screen): string[] {
  if (attempts.length < 2) return [];
  const rows = attempts.map(({ attempt, profile, degraded, because, checkpoint, lastStep, begunAt, endedAt, ending }) => ({
    cells: [
      String(attempt),
      `${profile ?? ''}${degraded ? ' (degraded)' : ''}`,
      because ?? '',
      checkpoint ?? 'the start',
      lastStep === null ? '' : String(lastStep),
      endedAt === null ? '' : formatDuration(Math.max(0, Date.parse(endedAt) - Date.parse(begunAt)) / 1000),
      ending?.exitCode == null ? '' : String(ending.exitCode),
      ending?.failure ?? '',
    ],
  }));
  return renderTable(columns, rows, screen);
}
