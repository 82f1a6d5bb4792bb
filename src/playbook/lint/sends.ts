import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { matchesGlob } from '../../language/globs.ts';
import { formatSize } from '../../language/units.ts';
import { resolveLocalPath } from '../local-path.ts';
import { placeEntries, type Finding, type Planned } from './finding.ts';

const largeBytes = 1024 ** 3;
/** A folder of more is not looked through to its end. */
const mostFiles = 100_000;
const secret =
  /^(?:\.env(?:\.(?!example$|sample$|template$).*)?|\.netrc|\.pgpass|id_(?:rsa|dsa|ecdsa|ed25519)|.+\.(?:pem|key|p12|pfx))$/;

/** What would be sent that is likely not meant: nothing at all, too much, or what should not leave this computer. */
export function lintSends(planned: Planned): Finding[] {
  return placeEntries(planned, ['prepare']).flatMap(({ path, entry: { deed } }) => {
    if (deed.kind !== 'send' || deed.from.includes('${{')) return [];
    const from = resolveLocalPath(planned.file, deed.from);
    const files = listFiles(from, deed.exclude);
    if (files === null)
      return [
        {
          path: [...path, 'send', 'from'],
          message: `there is no "${from}" on this computer: the launch would be refused`,
          suggestion: 'paths here are relative to the folder of the playbook',
        },
      ];
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    const secrets = files.filter(({ name }) => secret.test(basename(name)));
    return [
      ...(bytes > largeBytes ? [tellSize([...path, 'send', 'from'], deed.from, bytes)] : []),
      ...(secrets.length > 0
        ? [
            {
              path: [...path, 'send', 'from'],
              message: `it would send what looks like a secret: ${secrets
                .slice(0, 3)
                .map(({ name }) => name)
                .join(', ')}`,
              suggestion: `leave it out with "exclude: [${secrets
                .slice(0, 3)
                .map(({ name }) => basename(name))
                .join(', ')}]"; a secret goes into env`,
            },
          ]
        : []),
    ];
  });
}

function tellSize(path: Finding['path'], from: string, bytes: number): Finding {
  return {
    path,
    message: `"${from}" has ${formatSize(bytes)}: all of it is summed at each launch, here and on the host`,
    suggestion: 'leave out what the job does not need with "exclude", or fetch large data on the host itself',
  };
}

/** Null: there is nothing. What cannot be read is passed over: the launch tells. */
function listFiles(from: string, exclude: readonly string[]): { name: string; size: number }[] | null {
  const top = statSync(from, { throwIfNoEntry: false });
  if (top === undefined) return null;
  if (!top.isDirectory()) return [{ name: basename(from), size: top.size }];
  const files: { name: string; size: number }[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined && files.length < mostFiles; folder = folders.pop()) {
    for (const entry of readFolder(join(from, folder))) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (matchesGlob(exclude, name)) continue;
      if (entry.isDirectory()) folders.push(name);
      else if (entry.isFile()) files.push({ name, size: lstatSync(join(from, name), { throwIfNoEntry: false })?.size ?? 0 });
    }
  }
  return files;
}

function readFolder(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
