import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, systemCode } from '../errors.ts';
import type { Problem } from '../problem.ts';

export interface Sources {
  /** Files to read, each once, as they are called in messages. */
  files: string[];
  problems: Problem[];
}

const usual: readonly string[] = ['inventories'];

/** What a person asked for, else `$FLEET_INVENTORIES` (separated by colons), else the folder `inventories`. */
export function inventoryPaths(paths: readonly string[], environment: NodeJS.ProcessEnv): readonly string[] {
  const configured = (environment['FLEET_INVENTORIES'] ?? '').split(':').filter((path) => path !== '');
  return [paths, configured].find((some) => some.length > 0) ?? usual;
}

export function findSources(paths: readonly string[], environment: NodeJS.ProcessEnv): Sources {
  const asked = inventoryPaths(paths, environment);
  const hint = asked === usual ? 'give --inventory PATH, or set FLEET_INVENTORIES' : null;
  const problems: Problem[] = [];
  const files = new Map<string, string>();
  for (const path of asked) {
    try {
      for (const file of listFiles(path)) {
        const real = realpathSync(file);
        if (!files.has(real)) files.set(real, file);
      }
    } catch (error) {
      problems.push(refuse(path, explainFailure(error), hint));
    }
  }
  return { files: [...files.values()], problems };
}

function listFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name) && !statSync(join(path, name)).isDirectory())
    .sort();
  if (names.length === 0) throw new RangeError('no inventory in this folder: expected a file such as "hosts.yaml"');
  return names.map((name) => join(path, name));
}

function explainFailure(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file or folder';
    case 'EACCES':
      return 'this user may not read it';
    default:
      return messageOf(error);
  }
}

function refuse(file: string, message: string, suggestion: string | null): Problem {
  return { file, line: null, column: null, path: '', message, suggestion, severity: 'error' };
}
