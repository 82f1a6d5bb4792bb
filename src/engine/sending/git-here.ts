import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { CannotSend } from './cannot-send.ts';

/** The full id of a commit, tag or branch of a repository on this computer. */
export async function findCommit(repository: string, name: string): Promise<string> {
  const git = start(repository, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]);
  const [id, said] = await Promise.all([text(git.stdout), text(git.stderr), git.ended]).catch((error: unknown) => {
    throw new CannotSend(`git cannot be run on this computer`, error);
  });
  if (/^[0-9a-f]{40,64}\n$/.test(id)) return id.trim();
  throw new CannotSend(
    said.trim() === ''
      ? `no commit, tag or branch "${name}" in ${repository}`
      : `cannot look for "${name}" in ${repository}: ${said.trim()}`,
  );
}

/** Writes the commit into a file, with all its folders and files and none of its history. The working tree is not looked at. */
export async function packCommit(repository: string, commit: string, file: string, signal: AbortSignal): Promise<void> {
  const list = start(repository, ['rev-list', '--objects', '--no-walk', commit], signal);
  const pack = start(repository, ['pack-objects', '--stdout', '-q', '--threads=1'], signal);
  const said = Promise.all([text(list.stderr), text(pack.stderr)]);
  const done = Promise.all([pipeline(list.stdout, pack.stdin), pipeline(pack.stdout, createWriteStream(file, { mode: 0o600 }))]);
  const [statuses] = await Promise.all([Promise.all([list.ended, pack.ended]), done.catch(() => undefined)]);
  signal.throwIfAborted();
  if (statuses.every((status) => status === 0)) return;
  throw new CannotSend(`cannot pack commit ${commit} of ${repository}: ${(await said).join(' ').trim()}`);
}

/** Without the settings of this shell that lead git elsewhere; what is told is in English, and nobody is asked for a password. */
function start(repository: string, words: readonly string[], signal?: AbortSignal) {
  const env = { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_NO_LAZY_FETCH: '1' };
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE']) Reflect.deleteProperty(env, name);
  const git = spawn('git', ['-C', repository, ...words], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    git.once('error', reject);
    git.once('close', resolve);
  });
  return { stdin: git.stdin, stdout: git.stdout, stderr: git.stderr, ended };
}
