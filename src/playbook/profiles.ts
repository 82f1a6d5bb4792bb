import { z } from 'zod';
import { checkSchema, suggestName } from '../language/check-schema.ts';
import type { Problem } from '../problem.ts';
import type { YamlDocument, YamlPath } from '../yaml.ts';
import { describeUnknownParam } from './params.ts';
import { profileSchema } from './schema.ts';
import { entriesAt, partAt } from './sections.ts';

/** What a profile changes, key by key: a key that it gives replaces the playbook's as a whole. */
const sections = ['env', 'launch', 'monitor'] as const;

const shape = z.object({ profiles: z.record(z.string(), profileSchema).optional() });

/** In the order of the file. */
export function profilesOf(document: YamlDocument): string[] {
  return entriesAt(document.value, 'profiles').map(([name]) => name);
}

/** The params that a profile gives, by name. */
export function paramsOfProfile(document: YamlDocument, profile: string | null): Record<string, unknown> {
  return profile === null ? {} : Object.fromEntries(entriesAt(document.value, 'profiles', profile, 'params'));
}

/** What is wrong with the profiles themselves. What they change is looked at in its place in the playbook. */
export function checkProfiles(document: YamlDocument): Problem[] {
  if (partAt(document.value, 'profiles') === undefined) return [];
  const { problems } = checkSchema(shape, document);
  const params = Object.fromEntries(entriesAt(document.value, 'params'));
  const unknown = profilesOf(document).flatMap((profile) =>
    Object.keys(paramsOfProfile(document, profile))
      .filter((name) => !Object.hasOwn(params, name))
      .map((name) =>
        document.problem(['profiles', profile, 'params', name], describeUnknownParam(name, params), {
          part: 'key',
          suggestion: suggestName(name, Object.keys(params)),
        }),
      ),
  );
  return [...problems, ...unknown];
}

/** The playbook as a profile makes it, each part of which is told of where it is written. */
export function inProfile(document: YamlDocument, profile: string | null): YamlDocument {
  const { value } = document;
  if (partAt(value, 'profiles') === undefined) return document;
  const given = (section: string) => (profile === null ? {} : Object.fromEntries(entriesAt(value, 'profiles', profile, section)));
  const params = paramsOfProfile(document, profile);
  const changed = sections
    .filter((section) => Object.keys(given(section)).length > 0)
    .map((section) => [section, { ...Object.fromEntries(entriesAt(value, section)), ...given(section) }] as const);
  const declared = entriesAt(value, 'params').map(([name, param]) => [name, withDefault(param, params, name)] as const);
  const whole = {
    ...Object.fromEntries(entriesAt(value)),
    ...(partAt(value, 'params') === undefined || declared.length === 0 ? {} : { params: Object.fromEntries(declared) }),
    ...Object.fromEntries(changed),
  };
  const kept = Object.entries(whole).filter(([key]) => key !== 'profiles');
  const written = (path: YamlPath): YamlPath => {
    const [section, name, key] = path;
    if (profile === null || name === undefined) return path;
    if (section === 'params' && key === 'default' && Object.hasOwn(params, name)) return ['profiles', profile, 'params', name];
    const isChanged = sections.some((one) => one === section && Object.hasOwn(given(one), name));
    return isChanged ? ['profiles', profile, ...path] : path;
  };
  return document.rearrange(Object.fromEntries(kept), written);
}

function withDefault(param: unknown, given: Readonly<Record<string, unknown>>, name: string): unknown {
  if (!Object.hasOwn(given, name) || typeof param !== 'object' || param === null) return param;
  return { ...param, default: given[name] };
}
