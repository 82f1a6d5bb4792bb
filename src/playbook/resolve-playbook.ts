import { createHash } from 'node:crypto';
import type { Problem } from '../problem.ts';
import { settleParams, type GivenParams } from './params.ts';
import type { ResolvedPlaybook } from './playbook.ts';
import { assemblePlaybook, type Playbook } from './read-playbook.ts';

/** Params in their places: `--set` over the host over the default. Every problem at once, and then no playbook. */
export function resolvePlaybook(
  playbook: Playbook,
  given: GivenParams & { /** `20261127`: what `today` is. */ today?: string },
): { resolved: ResolvedPlaybook; problems: [] } | { resolved: null; problems: Problem[] } {
  const { document, params } = playbook;
  const settled = settleParams(document, params, given);
  if (settled.problems.length > 0) return { resolved: null, problems: settled.problems };
  const { built, problems } = assemblePlaybook(document, settled.values, given.today);
  if (problems.length > 0) return { resolved: null, problems };
  const sha256 = createHash('sha256').update(document.bytes).digest('hex');
  return { resolved: { ...built, file: document.file, sha256, params: settled.values }, problems: [] };
}
