import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { systemCode, usageError } from '../errors.ts';
import { suggestName } from '../language/check-schema.ts';

const extensions = ['.yaml', '.yml'];

/** Folders that playbooks are looked for in: `$FLEET_PLAYBOOKS`, several separated by `:`, else `./playbooks`. */
export function playbookFolders(environment: Readonly<Record<string, string | undefined>> = process.env): string[] {
  const given = (environment['FLEET_PLAYBOOKS'] ?? '').split(':').filter((folder) => folder !== '');
  return given.length > 0 ? given : ['playbooks'];
}

/** Whether a path stands in the place of a name. */
export function isPlaybookFile(name: string): boolean {
  return name.includes('/') || extensions.includes(extname(name));
}

/** The file of a name, or of a path given in its place. Throws `playbook-not-found` with the nearest name and the folders looked in. */
export function findPlaybook(name: string, folders: readonly string[] = playbookFolders()): string {
  if (isPlaybookFile(name)) {
    if (isFile(name)) return name;
    throw usageError('playbook-not-found', `${name}: no such playbook file`);
  }
  const files = listPlaybooks(folders);
  const found = files.find((file) => nameOf(file) === name);
  if (found !== undefined) return found;
  const names = [...new Set(files.map(nameOf))];
  const suggestion = suggestName(name, names);
  throw usageError('playbook-not-found', `no playbook is called ${JSON.stringify(name)} in ${folders.join(', ')}`, [
    ...(suggestion === null ? [] : [suggestion]),
    names.length === 0
      ? 'there is no playbook at all: give a path, or set FLEET_PLAYBOOKS'
      : `the playbooks are ${names.join(', ')}`,
  ]);
}

/** Files of all folders, the first folder first; a folder that is not there has none. */
export function listPlaybooks(folders: readonly string[] = playbookFolders()): string[] {
  return folders.flatMap((folder) =>
    readFolder(folder)
      .filter((file) => extensions.includes(extname(file)))
      .sort()
      .map((file) => join(folder, file)),
  );
}

function readFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw usageError('playbooks-unreadable', `${folder}: cannot be read: ${systemCode(error) ?? 'unknown error'}`);
  }
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}

function nameOf(file: string): string {
  return basename(file, extname(file));
}
