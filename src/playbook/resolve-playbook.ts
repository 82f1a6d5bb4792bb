import { createHash } from 'node:crypto';
import type { Problem } from '../problem.ts';
import { suggestName } from '../language/check-schema.ts';
import { settleParams, type GivenParams } from './params.ts';
import type { ResolvedPlaybook } from './playbook.ts';
import { paramsOfProfile } from './profiles.ts';
import { assemblePlaybook, declaredParams, type Playbook } from './read-playbook.ts';

export interface ProfileWish extends GivenParams {
  /** `20261127`: what `today` is. */
  today?: string;
  /** Null, or left out: the first one of the file, where there are profiles. */
  profile?: string | null;
  /** It is the profile that the run falls back to: what it gives a param counts more than what was typed for the run. */
  isFallback?: boolean;
}

/** Params in their places: `--set` over the profile over the host over the default. Every problem at once, and then no playbook. */
export function resolvePlaybook(
  playbook: Playbook,
  wish: ProfileWish,
): { resolved: ResolvedPlaybook; problems: [] } | { resolved: null; problems: Problem[] } {
  const { document, profiles } = playbook;
  const profile = wish.profile ?? profiles[0] ?? null;
  if (profile !== null && !profiles.includes(profile)) return { resolved: null, problems: [unknownProfile(profile, profiles)] };
  const ofProfile = paramsOfProfile(document, profile);
  const settled = settleParams(document, declaredParams(document, profile).params, {
    host: without(wish.host, ofProfile),
    set: wish.isFallback === true ? without(wish.set, ofProfile) : wish.set,
  });
  if (settled.problems.length > 0) return { resolved: null, problems: settled.problems };
  const { built, problems } = assemblePlaybook(document, settled.values, { today: wish.today, profile });
  if (problems.length > 0) return { resolved: null, problems };
  const sha256 = createHash('sha256').update(document.bytes).digest('hex');
  return { resolved: { ...built, file: document.file, sha256, params: settled.values }, problems: [] };
}

function without<T>(values: Readonly<Record<string, T>>, names: Readonly<Record<string, unknown>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(names, name)));
}

function unknownProfile(name: string, profiles: readonly string[]): Problem {
  const has = profiles.length === 0 ? 'the playbook has none' : `it has ${profiles.join(', ')}`;
  const message = `no profile is called ${JSON.stringify(name)}, ${has}`;
  return {
    file: '--profile',
    line: null,
    column: null,
    path: name,
    message,
    suggestion: suggestName(name, profiles),
    severity: 'error',
  };
}
