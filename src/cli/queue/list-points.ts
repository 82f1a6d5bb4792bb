import { usageError } from '../../errors.ts';
import { suggestName } from '../../language/check-schema.ts';
import { readPlaybook } from '../../playbook/read-playbook.ts';
import { FilesHaveErrors } from '../../problem.ts';

/** A named experiment of a playbook. */
export interface QueuedPoint {
  /** Null: the playbook as it is. */
  point: string | null;
  /** As its run is called; null: after the point and the params. */
  runName: string | null;
}

/** The experiments that are asked for: one, those of a sweep, or none by name. */
export function listPoints(
  file: string,
  { point, sweep }: { point?: string | undefined; sweep?: string | undefined },
): QueuedPoint[] {
  if (sweep === undefined) return [{ point: point ?? null, runName: null }];
  if (point !== undefined) throw usageError('usage', 'fleet queue add: expected --sweep or --point, got both');
  const { playbook, problems } = readPlaybook(file);
  if (playbook === null) throw new FilesHaveErrors(problems);
  const runs = playbook.sweeps[sweep];
  if (runs !== undefined) return runs;
  const names = Object.keys(playbook.sweeps);
  throw usageError('sweep-not-found', `${file}: there is no sweep "${sweep}"`, [
    suggestName(sweep, names) ?? (names.length === 0 ? 'it has no sweeps' : `the sweeps are ${names.join(', ')}`),
  ]);
}
