import { execFile } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { exitCodes, FleetError, messageOf, systemCode } from '../errors.ts';

const run = promisify(execFile);

/** Runs git in `folder`, untouched by the settings of the person, the machine, or a git that called us. Returns its trimmed output. */
export async function runGit(folder: string, args: string[]): Promise<string> {
  try {
    const { stdout } = await run('git', args, {
      cwd: folder,
      env: makeEnvironment(),
      timeout: 30_000,
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout.trim();
  } catch (error) {
    throw explain(folder, args, error);
  }
}

const tries = 10;

/** Does something in a repository. Another process may be doing the very same, and git lets in one at a time: `isDone` tells whether it has. */
export async function contend(act: () => Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  for (let left = tries; ; left -= 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (await isDone()) return;
      if (left === 1) throw error;
      await wait(200);
    }
  }
}

const person = 'Pretend Author';
const address = 'author@pretend.invalid';
const date = '2025-09-01T12:00:00+00:00';

function makeEnvironment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    LC_ALL: 'C',
    HOME: '/nonexistent',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_DEFAULT_HASH: 'sha1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: person,
    GIT_AUTHOR_EMAIL: address,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: person,
    GIT_COMMITTER_EMAIL: address,
    GIT_COMMITTER_DATE: date,
  };
}

function explain(folder: string, args: string[], error: unknown): FleetError {
  if (systemCode(error) === 'ENOENT') {
    return new FleetError('git: command not found; an embedded host keeps its workspace in a git repository', {
      code: 'embedded-needs-git',
      exit: exitCodes.couldNot,
      suggestions: ['install git, for example: apt-get install git'],
      cause: error,
    });
  }
  const said = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
  return new FleetError(`${folder}: git ${args[0] ?? ''} failed: ${said === '' ? messageOf(error) : said}`, {
    code: 'embedded-workspace',
    exit: exitCodes.couldNot,
    suggestions: [`remove the workspace, and a new one is made: rm -r ${folder}`],
    cause: error,
  });
}
