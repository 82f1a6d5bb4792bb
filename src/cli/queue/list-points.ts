import { notYet } from '../../errors.ts';

/** A named experiment of a playbook. */
export interface QueuedPoint {
  /** Null: the playbook as it is. */
  point: string | null;
  /** As its run is called; null: after the point and the params. */
  runName: string | null;
}

/** The experiments that are asked for: one, those of a sweep, or none by name. */
export function listPoints(_file: string, asked: { point?: string | undefined; sweep?: string | undefined }): QueuedPoint[] {
  if (asked.sweep !== undefined) throw notYet('fleet queue add --sweep', ['--matrix NAME=A,B,C goes over values of params']);
  if (asked.point !== undefined) throw notYet('fleet queue add --point', ['--set NAME=VALUE gives params their values']);
  return [{ point: null, runName: null }];
}
