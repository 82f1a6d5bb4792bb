import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { Client, ClientChannel } from 'ssh2';
import { startEmbeddedHost } from '../../src/embedded/embedded-host.ts';
import type { EmbeddedHost, EmbeddedHostOptions } from '../../src/embedded/embedded-host.ts';
import { findEmbeddedAssets } from '../support/embedded-assets.ts';

export interface Result {
  exitCode: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** A temp folder, and the assets; everything that runs under it is killed, by pid, when it is removed. */
export async function makeFolder(): Promise<{ folder: string; assetsDir: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-embedded-'));
  return {
    folder,
    assetsDir: findEmbeddedAssets(),
    remove: async () => {
      await killAllUnder(folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function startHost(
  place: { folder: string; assetsDir: string },
  options: Partial<EmbeddedHostOptions> = {},
): Promise<EmbeddedHost> {
  return startEmbeddedHost({
    name: 'demo',
    machine: 'a100x2',
    dataDir: join(place.folder, 'data'),
    environment: {},
    assetsDir: place.assetsDir,
    ...options,
  });
}

export async function connect(host: EmbeddedHost, changes: Partial<ssh2.ConnectConfig> = {}): Promise<Client> {
  const client = new ssh2.Client();
  const privateKey = await readFile(host.keyFile);
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('error', reject);
    client.connect({ host: host.host, port: host.port, username: host.user, privateKey, ...changes });
  });
  client.on('error', () => undefined);
  return client;
}

export function open(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
}

export async function run(client: Client, command: string, input?: Buffer | string): Promise<Result> {
  const channel = await open(client, command);
  const output = collect(channel);
  channel.end(input);
  return await output;
}

/** One command over a connection of its own. */
export async function runOnce(host: EmbeddedHost, command: string): Promise<Result> {
  const client = await connect(host);
  try {
    return await run(client, command);
  } finally {
    client.end();
  }
}

export function collect(channel: ClientChannel): Promise<Result> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  channel.on('data', (chunk: Buffer) => stdout.push(chunk));
  channel.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  let exit: { exitCode: number | null; signal: string | null } = { exitCode: null, signal: null };
  channel.on('exit', (code: number | null, signal?: string) => {
    exit = { exitCode: code, signal: signal ?? null };
  });
  return new Promise((resolve) => {
    channel.once('close', () =>
      resolve({ ...exit, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
  });
}

/** Looks again and again until `look` gives something else than null, false or undefined. */
export async function waitFor<T>(what: string, look: () => T | Promise<T>, limitMs = 20_000): Promise<NonNullable<T>> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (performance.now() > endMs) throw new Error(`gave up waiting for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export interface Process {
  pid: number;
  command: string;
}

/** Processes whose command line or working directory lies under `folder`, zombies left out. */
export async function listProcesses(folder: string): Promise<Process[]> {
  const found: Process[] = [];
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const command = await orNothing(readFile(`/proc/${pid}/cmdline`, 'utf8'));
    const cwd = await orNothing(readlink(`/proc/${pid}/cwd`));
    const stat = await orNothing(readFile(`/proc/${pid}/stat`, 'latin1'));
    if (/\) [ZX] [^)]*$/.test(stat)) continue;
    if (command.includes(folder) || cwd.startsWith(folder)) found.push({ pid, command: command.replaceAll('\0', ' ').trim() });
  }
  return found;
}

async function killAllUnder(folder: string): Promise<void> {
  await waitFor('no process under the temp folder', async () => {
    const left = await listProcesses(folder);
    for (const { pid } of left) killIfThere(pid);
    return left.length === 0;
  });
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Processes come and go while they are looked at. */
async function orNothing(text: Promise<string>): Promise<string> {
  return await text.catch(() => '');
}
