import { z } from 'zod';
import { checkSchema, suggestName } from '../language/check-schema.ts';
import type { Problem } from '../problem.ts';
import type { YamlDocument } from '../yaml.ts';
import { describeUnknownParam } from './params.ts';
import { profileSchema } from './schema.ts';
import { entriesAt, partAt } from './sections.ts';

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
