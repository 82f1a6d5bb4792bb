import { loadInventory } from '../inventory/load.ts';
import { findNotifyFile } from '../notify/notify-file.ts';
import { readNotifySettings } from '../notify/read-settings.ts';
import { lintPlaybook } from '../playbook/lint/lint-playbook.ts';
import { listPlaybooks, playbookFolders } from '../playbook/find-playbook.ts';
import { readPlaybook } from '../playbook/read-playbook.ts';
import type { Problem } from '../problem.ts';
import { readYamlFile, sortProblems } from '../yaml.ts';

/** A playbook whose name was forgotten is still one. */
const playbookKeys = ['playbook', 'launch', 'validate', 'prepare', 'params'];

/** Every problem of the files, or when none is named of those in their usual places: inventories, playbooks, and who is told. */
export function lintFiles(
  files: readonly string[],
  options: { inventories: readonly string[]; environment: NodeJS.ProcessEnv },
): Problem[] {
  const { environment } = options;
  if (files.length === 0) {
    const playbooks = listPlaybooks(playbookFolders(environment));
    return sortProblems([
      ...lintInventories(options.inventories, environment),
      ...playbooks.flatMap(lintPlaybookFile),
      ...lintNotifyFile(findNotifyFile(environment), environment),
    ]);
  }
  const sorted = files.map((file) => ({ file, ...recognize(file) }));
  const inventories = sorted.filter(({ kind }) => kind === 'inventory').map(({ file }) => file);
  return sortProblems([
    ...sorted.flatMap(({ problems }) => problems),
    ...(inventories.length === 0 ? [] : lintInventories(inventories, environment)),
    ...sorted.flatMap(({ kind, file }) => (kind === 'playbook' ? lintPlaybookFile(file) : [])),
    ...sorted.flatMap(({ kind, file }) => (kind === 'notify' ? lintNotifyFile(file, environment) : [])),
  ]);
}

function lintInventories(paths: readonly string[], environment: NodeJS.ProcessEnv): Problem[] {
  return loadInventory({ paths, environment }).problems;
}

/** Errors, or what is likely not meant when there are none. */
function lintPlaybookFile(file: string): Problem[] {
  const { playbook, problems } = readPlaybook(file);
  return playbook === null ? problems : lintPlaybook(playbook);
}

function lintNotifyFile(file: string | null, environment: NodeJS.ProcessEnv): Problem[] {
  return file === null ? [] : readNotifySettings(file, environment).problems;
}

/** By its top keys. A file that is none of them has problems. */
function recognize(file: string): { kind: 'playbook' | 'inventory' | 'notify' | null; problems: Problem[] } {
  const { document, problems } = readYamlFile(file);
  if (document === null) return { kind: null, problems };
  const keys = typeof document.value === 'object' && document.value !== null ? Object.keys(document.value) : [];
  if (keys.includes('hosts') || keys.includes('groups')) return { kind: 'inventory', problems: [] };
  if (keys.includes('channels')) return { kind: 'notify', problems: [] };
  if (keys.some((key) => playbookKeys.includes(key))) return { kind: 'playbook', problems: [] };
  const message =
    'no inventory, no playbook and no settings of notifications: expected "hosts", "groups", "playbook" or "channels" at the top';
  return {
    kind: null,
    problems: [...problems, { file, line: 1, column: 1, path: '', message, suggestion: null, severity: 'error' }],
  };
}
