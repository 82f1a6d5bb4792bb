import type { YamlDocument, YamlPath } from '../yaml.ts';
import { paramsOfPoint } from './points.ts';
import { paramsOfProfile } from './profiles.ts';
import { entriesAt, partAt } from './sections.ts';

/** What a playbook is looked at for. Null where it has none, or where none is asked for. */
export interface Variant {
  profile: string | null;
  point: string | null;
}

/** What a profile changes besides params, key by key: a key that it gives replaces the playbook's as a whole. */
const sections = ['env', 'launch', 'monitor'] as const;

/** The playbook as a profile and a point make it, each part of which is told of where it is written. */
export function inVariant(document: YamlDocument, { profile, point }: Variant): YamlDocument {
  const { value } = document;
  if (partAt(value, 'profiles') === undefined && point === null) return document;
  const given = (section: string) => (profile === null ? {} : Object.fromEntries(entriesAt(value, 'profiles', profile, section)));
  const [ofProfile, ofPoint] = [paramsOfProfile(document, profile), paramsOfPoint(document, point)];
  const changed = sections
    .filter((section) => Object.keys(given(section)).length > 0)
    .map((section) => [section, { ...Object.fromEntries(entriesAt(value, section)), ...given(section) }] as const);
  const defaults = { ...ofProfile, ...ofPoint };
  const declared = entriesAt(value, 'params').map(([name, param]) => [name, withDefault(param, defaults, name)] as const);
  const whole = {
    ...Object.fromEntries(entriesAt(value)),
    ...(partAt(value, 'params') === undefined || declared.length === 0 ? {} : { params: Object.fromEntries(declared) }),
    ...Object.fromEntries(changed),
  };
  const kept = Object.entries(whole).filter(([key]) => key !== 'profiles');
  const written = (path: YamlPath): YamlPath => {
    const [section, name, key] = path;
    if (name === undefined) return path;
    if (section === 'params' && key === 'default') {
      if (point !== null && Object.hasOwn(ofPoint, name)) return ['points', point, 'params', name];
      if (profile !== null && Object.hasOwn(ofProfile, name)) return ['profiles', profile, 'params', name];
    }
    const isChanged = sections.some((one) => one === section && Object.hasOwn(given(one), name));
    return profile !== null && isChanged ? ['profiles', profile, ...path] : path;
  };
  return document.rearrange(Object.fromEntries(kept), written);
}

function withDefault(param: unknown, given: Readonly<Record<string, unknown>>, name: string): unknown {
  if (!Object.hasOwn(given, name) || typeof param !== 'object' || param === null) return param;
  return { ...param, default: given[name] };
}
