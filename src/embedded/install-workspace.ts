import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../errors.ts';
import { readFileIfThere, replaceFile } from './atomic-file.ts';
import { contend, runGit } from './git.ts';
import { isLeftover, nameForThisProcess } from './process-start.ts';
import { fingerprint, readWorkspaceFiles } from './workspace-files.ts';
import type { WorkspaceFile } from './workspace-files.ts';

interface Workspace {
  branch: string;
  message: string;
}

const workspaces: ReadonlyMap<string, Workspace> = new Map(
  Object.entries<Workspace>({
    'nsa-vibe': {
      branch: 'feat/nsa-training-breakthrough-stable-a100',
      message: 'Pretend workspace for the 50,000-step run',
    },
    'eeg-challenge': { branch: 'main', message: 'Pretend workspace for the EEG training on ROCm' },
    trm: { branch: 'main', message: 'Pretend workspace for the TRM experiments on a TPU slice' },
    'world-model': { branch: 'main', message: 'Pretend workspace for the ignition day' },
  }),
);

/**
 * Makes `name` in the home a git repository with the workspace as its one commit, the same commit on every machine. A repository made from other
 * files is moved on to the new commit; what git does not track (artifacts, logs) stays, and changes that a person made since stay too
 * as long as the files we bring are the same. Returns whether anything was brought.
 */
export async function installWorkspace(home: string, name: string, sourceDir: string): Promise<boolean> {
  const workspace = workspaces.get(name);
  if (workspace === undefined) throw new TypeError(`no workspace is called "${name}"`);
  const files = await readWorkspaceFiles(sourceDir);
  const repository = join(home, name);
  const mark = { path: join(home, '.pretend', 'workspaces', name), content: `${fingerprint(files)}\n` };
  if (await isCurrent(repository, mark)) return false;
  const temporary = await makeTemporary(join(home, '.pretend', 'new-workspaces'));
  try {
    await commitFiles(temporary, files, workspace);
    if (!(await moveInPlace(temporary, repository))) await update(repository, temporary, mark, workspace.branch);
    await mkdir(dirname(mark.path), { recursive: true });
    await replaceFile(mark.path, mark.content, 0o644);
    return true;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function makeTemporary(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) {
    if (isLeftover(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
  return await mkdtemp(join(folder, nameForThisProcess('')));
}

interface Mark {
  path: string;
  content: string;
}

async function isCurrent(repository: string, mark: Mark): Promise<boolean> {
  if (!(await exists(join(repository, '.git')))) return false;
  return (await readFileIfThere(mark.path))?.toString('utf8') === mark.content;
}

async function commitFiles(folder: string, files: WorkspaceFile[], { branch, message }: Workspace): Promise<void> {
  await chmod(folder, 0o755);
  await runGit(folder, ['init', '--quiet', '--template=']);
  await runGit(folder, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  await runGit(folder, ['config', 'core.autocrlf', 'false']);
  for (const file of files) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content, { mode: file.executable ? 0o755 : 0o644 });
  }
  await runGit(folder, ['add', '--all']);
  const executables = files.filter((file) => file.executable).map((file) => file.path);
  if (executables.length > 0) await runGit(folder, ['update-index', '--chmod=+x', '--', ...executables]);
  await runGit(folder, ['commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', message]);
}

/** False when a repository stands there already, of an earlier start or of another process. */
async function moveInPlace(temporary: string, repository: string): Promise<boolean> {
  try {
    await rename(temporary, repository);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOTEMPTY' || systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function update(repository: string, source: string, mark: Mark, branch: string): Promise<void> {
  await contend(
    async () => {
      await runGit(repository, ['fetch', '--quiet', source, 'HEAD']);
      await runGit(repository, ['checkout', '--quiet', '--force', '-B', branch, 'FETCH_HEAD']);
    },
    () => isCurrent(repository, mark),
  );
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
