import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { quote } from '../../src/quoting.ts';
import type { RemoteAnswer, RemoteCommand } from '../../src/remote/command.ts';
import { sendHostScript, withHostScript } from '../../src/remote/host-script.ts';
import { hostPath } from './host-path.ts';

export const shellNames = ['dash', 'bash', 'busybox'] as const;
export type ShellName = (typeof shellNames)[number];

export interface LocalHostOptions {
  shell: ShellName;
  /** The commands on PATH: those of this machine (default), busybox's alone, or the named ones alone. */
  tools?: 'all' | 'busybox' | readonly string[];
  /** More variables for every question. */
  env?: Record<string, string>;
  /** Run as this user; the tests must be root. */
  uid?: number;
  /** Where fleet's folder is; default: the ordinary one below the private home. */
  remoteDir?: string;
}

export interface LocalHost {
  /** The id of a run that no other host on this machine has: processes are told apart by it. */
  readonly run: string;
  readonly home: string;
  /** fleet's folder. */
  readonly folder: string;
  readonly remoteDir: string | null;
  /** Runs plain text as a question is run: in a subshell of `sh`, in a session of its own, with stdin closed unless there is something to read. */
  ask(text: string, input?: Buffer): Promise<RemoteAnswer>;
  /** The same with the functions of the host script, which is sent when it is missing. */
  askWithScript(body: string, input?: Buffer): Promise<RemoteAnswer>;
  call<T>(command: RemoteCommand<T>): Promise<T>;
  /** Processes that have something of this host in their command line, environment or working folder. */
  processes(): number[];
}

/** Vitest's own test context. */
export interface TestEnd {
  onTestFinished(close: () => void): void;
}

/** A host without SSH: the same scripts, under the shell of choice as `sh`, in a private home. Closed after the test. */
export function openLocalHost(test: TestEnd, options: LocalHostOptions): LocalHost {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'run-')));
  const home = join(root, 'home');
  const bin = join(root, 'bin');
  mkdirSync(home);
  mkdirSync(bin);
  if (options.uid !== undefined) execFileSync('chown', ['-R', String(options.uid), root]);
  const path = fillPath(bin, options);
  const env = { HOME: home, PATH: path, USER: 'test', LANG: 'C.UTF-8', ...options.env };
  const remoteDir = options.remoteDir ?? null;

  const ask = (text: string, input?: Buffer): Promise<RemoteAnswer> =>
    new Promise((resolve, reject) => {
      const stdin = input === undefined ? '/dev/null' : join(root, `input-${randomUUID()}`);
      if (input !== undefined) writeFileSync(stdin, input);
      const child = spawn(join(bin, 'sh'), [], {
        cwd: home,
        env,
        detached: true,
        stdio: 'pipe',
        timeout: 60_000,
        killSignal: 'SIGKILL',
        ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.on('error', reject);
      child.on('close', (code, signal) => {
        if (code === null) reject(new Error(`the question was ended by ${signal ?? 'nothing'}: ${text.slice(-300)}`));
        else resolve({ exitCode: code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
      });
      child.stdin.on('error', () => undefined);
      child.stdin.end(`(eval ${quote(text)}) <${stdin}; exit $?\n`);
    });

  const askWithScript = async (body: string, input?: Buffer): Promise<RemoteAnswer> => {
    const first = await ask(withHostScript(remoteDir, body), input);
    if (first.exitCode !== 90) return first;
    const sent = await ask(sendHostScript(remoteDir));
    if (sent.exitCode !== 0) return sent;
    return ask(withHostScript(remoteDir, body), input);
  };

  test.onTestFinished(() => {
    endProcesses(root);
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    run: basename(root),
    home,
    folder: remoteDir ?? join(home, '.local/state/fleet'),
    remoteDir,
    ask,
    askWithScript,
    call: async (command) => command.parse(await askWithScript(command.body, command.input)),
    processes: () => findProcessesOf(root),
  };
}

/** Why a test with this shell cannot run here, or null. On a build machine everything must be there. */
export function missingReason(program: string): string | null {
  if (findProgram(program) !== null) return null;
  if (process.env['CI'] !== undefined) throw new Error(`${program} is not installed, and CI is set: nothing may be skipped`);
  return `${program} is not installed`;
}

/** Where a program is, past version managers' stand-ins for python3. */
export function findProgram(program: string): string | null {
  if (program === 'python3') {
    try {
      return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
    } catch {
      return null;
    }
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find((file) => existsSync(file)) ?? null;
}

/** Waits for something that is bound to come, and looks at it often. */
export async function waitFor<T>(what: string, look: () => T | Promise<T>, limitMs = 40_000): Promise<NonNullable<T>> {
  const until = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== false && found !== null && found !== undefined) return found;
    if (Date.now() > until) throw new Error(`not within ${limitMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

/** Field 3 and those after it of /proc/PID/stat, or null. */
export function readStat(pid: number): { state: string; parent: number; group: number; session: number; start: string } | null {
  const text = readProc(pid, 'stat');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  if (state === undefined || session === undefined) return null;
  return { state, parent: Number(parent), group: Number(group), session: Number(session), start: fields[19] ?? '' };
}

/** Is there such a process, and is it more than a zombie? */
export function isAlive(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && stat.state !== 'Z' && stat.state !== 'X';
}

export function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function fillPath(bin: string, { shell, tools = 'all' }: LocalHostOptions): string {
  const program = findProgram(shell);
  if (program === null) throw new Error(`${shell} is not installed`);
  symlinkSync(program, join(bin, 'sh'));
  if (tools === 'all') return `${bin}:${hostPath}`;
  if (tools === 'busybox') {
    for (const applet of execFileSync('busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
      if (applet !== 'sh') symlinkSync(findProgram('busybox') ?? '', join(bin, applet));
    }
    return bin;
  }
  for (const tool of tools) {
    const found = findProgram(tool);
    if (found === null) throw new Error(`${tool} is not installed`);
    symlinkSync(found, join(bin, tool));
  }
  return bin;
}

/** Live processes that have a path below `root` in their command line or environment, or work there. */
export function findProcessesOf(root: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && isAlive(pid) && belongsTo(pid, root));
}

function belongsTo(pid: number, root: string): boolean {
  if (readProc(pid, 'cmdline').includes(root) || readProc(pid, 'environ').includes(root)) return true;
  try {
    return realpathSync(`/proc/${pid}/cwd`).startsWith(root);
  } catch {
    return false;
  }
}

function endProcesses(root: string): void {
  for (let round = 0; round < 50; round++) {
    const left = findProcessesOf(root);
    if (left.length === 0) return;
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself meanwhile.
      }
    }
    execFileSync('sleep', ['0.02']);
  }
}
