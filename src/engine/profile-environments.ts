import type { ResolvedPlaybook } from '../playbook/playbook.ts';
import type { Scrubber } from '../scrubber.ts';
import type { Plan } from './plan.ts';
import { resolveEnvironment, type ResolvedEnvironment } from './secrets.ts';

/** The environments of a run in the profiles that it may have. */
export interface ProfileEnvironments {
  of(playbook: ResolvedPlaybook): ResolvedEnvironment;
  /** Of the secrets of all of them: a host knows those of the profile before. */
  scrubber: Scrubber;
}

export function resolveEnvironments({ playbook, fallback = null }: Plan, environment: NodeJS.ProcessEnv): ProfileEnvironments {
  const all = fallback === null ? [playbook] : [playbook, fallback];
  const { scrubber } = resolveEnvironment(
    all.flatMap(({ env }) => env),
    environment,
  );
  const resolved = new Map(
    all.map(({ profile, env }) => [profile ?? null, { ...resolveEnvironment(env, environment), scrubber }]),
  );
  return {
    of({ profile = null }) {
      const found = resolved.get(profile);
      if (found === undefined) throw new TypeError(`the plan has no profile ${JSON.stringify(profile)}`);
      return found;
    },
    scrubber,
  };
}
