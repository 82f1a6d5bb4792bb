import { createHash } from 'node:crypto';
import type { Problem } from '../problem.ts';
import { suggestName } from '../language/check-schema.ts';
import { settleParams, type GivenParams } from './params.ts';
import type { ResolvedPlaybook } from './playbook.ts';
import { paramsOfProfile } from './profiles.ts';
import { assemblePlaybook, declaredParams, type Playbook } from './read-playbook.ts';
import type { Variant } from './variant.ts';

/** A profile that is null or left out is the first one of the file, where there are profiles. */
export interface VariantWish extends GivenParams, Partial<Variant> {
  /** `20261127`: what `today` is. */
  today?: string;
  /** As a sweep calls the run. Null or left out: after its point. */
  runName?: string | null;
  /** It is the profile that the run falls back to: what it gives a param counts more than what was asked for the run. */
  isFallback?: boolean;
}

/** Params in their places: `--set` over the point over the profile over the host over the default. Every problem at once, and then no playbook. */
export function resolvePlaybook(
  playbook: Playbook,
  wish: VariantWish,
): { resolved: ResolvedPlaybook; problems: [] } | { resolved: null; problems: Problem[] } {
  const { document, profiles, points } = playbook;
  const profile = wish.profile ?? profiles[0] ?? null;
  if (profile !== null && !profiles.includes(profile))
    return { resolved: null, problems: [unknown('profile', profile, profiles)] };
  const point = wish.point ?? null;
  if (point !== null && !Object.hasOwn(points, point))
    return { resolved: null, problems: [unknown('point', point, Object.keys(points))] };
  const ofProfile = paramsOfProfile(document, profile);
  const asked = <T>(values: Readonly<Record<string, T>>) => (wish.isFallback === true ? without(values, ofProfile) : values);
  const ofPoint = asked(point === null ? {} : (points[point]?.params ?? {}));
  const settled = settleParams(document, declaredParams(document, { profile, point: null }).params, {
    host: { ...without(wish.host, ofProfile), ...ofPoint },
    set: asked(wish.set),
  });
  if (settled.problems.length > 0) return { resolved: null, problems: settled.problems };
  const { built, problems } = assemblePlaybook(document, settled.values, {
    today: wish.today,
    runName: wish.runName,
    profile,
    point,
  });
  if (problems.length > 0) return { resolved: null, problems };
  const sha256 = createHash('sha256').update(document.bytes).digest('hex');
  return { resolved: { ...built, file: document.file, sha256, params: settled.values }, problems: [] };
}

function without<T>(values: Readonly<Record<string, T>>, names: Readonly<Record<string, unknown>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !Object.hasOwn(names, name)));
}

function unknown(kind: 'profile' | 'point', name: string, known: readonly string[]): Problem {
  const has = known.length === 0 ? 'the playbook has none' : `it has ${known.join(', ')}`;
  return {
    file: `--${kind}`,
    line: null,
    column: null,
    path: name,
    message: `no ${kind} is called ${JSON.stringify(name)}, ${has}`,
    suggestion: suggestName(name, known),
    severity: 'error',
  };
}
