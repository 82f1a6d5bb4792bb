import { parsePackageVersion } from '../../language/package-version.ts';
import type { YamlPath } from '../../yaml.ts';
import type { Reader } from '../reader.ts';
import type { Deed } from './entry.ts';
import type { EntryFile } from './entry-schema.ts';

const packageName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

export function buildPackages(reader: Reader, path: YamlPath, { interpreter, packages }: NonNullable<EntryFile['python']>): Deed {
  const at = [...path, 'packages'];
  if (Object.keys(packages).length === 0) reader.report(at, 'expected at least one package');
  const conditions = Object.entries(packages).map(([name, file]) => {
    if (!packageName.test(name))
      reader.report([...at, name], `expected the name of a package, got ${JSON.stringify(name)}`, { part: 'key' });
    const texts = [file].flat();
    texts.forEach((text) => reader.read([...at, name], () => parsePackageVersion(text), null));
    return [name, texts] as const;
  });
  return { kind: 'python', interpreter: interpreter ?? 'python3', packages: Object.fromEntries(conditions) };
}
