import { mkdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { exitCodes, FleetError, usageError } from '../errors.ts';
import type { Environment } from './environment.ts';
import { installHome } from './home.ts';
import { loadKeys } from './keys.ts';
import { writeKnownHosts } from './known-hosts-file.ts';
import { requireMachineOf } from './machines.ts';
import { startMetadataServer } from './metadata.ts';
import { readProcessStart } from './process-start.ts';
import { startServer } from './server.ts';

export interface EmbeddedHostOptions {
  /** The host's name in the inventory; its keys and its home lie in a folder of this name. */
  name: string;
  /** What it pretends to be. */
  machine: string;
  /** How many workers the host has, and which of them this is. Left out: its only one. */
  workers?: number;
  worker?: number;
  /** Folder of all embedded hosts; see `embeddedFolder`. */
  dataDir: string;
  /** Environment of this fleet process; locale, time zone and PRETEND_* reach the host's commands. */
  environment: Environment;
  /** Folder that holds `pretend/*.js` and `workspaces/`, as the build makes them. */
  assetsDir: string;
}

export interface EmbeddedHost {
  host: '127.0.0.1';
  port: number;
  user: string;
  keyFile: string;
  knownHosts: string;
  homeDir: string;
  /** Stops answering. What runs in a session of its own goes on. */
  close(): Promise<void>;
}

const user = 'pretend';

/** Serves a worker of a pretend machine over SSH on this computer. Several processes may serve the same one at once: they share its home. */
export async function startEmbeddedHost(options: EmbeddedHostOptions): Promise<EmbeddedHost> {
  const { workers = 1, worker = 0 } = options;
  const machine = requireMachineOf({ name: options.name, machine: options.machine, workers });
  refuseBadOptions(options);
  const folder = join(options.dataDir, options.name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keys = await loadKeys(folder, options.name);
  const homeDir = workers === 1 ? join(folder, 'home') : join(folder, `w${worker}`, 'home');
  await installHome(homeDir, options.assetsDir, options.machine);
  const metadata = machine.tpu === null ? null : await startMetadataServer(options.name, machine.tpu, worker);
  const server = await startServer(user, keys, {
    home: homeDir,
    environment: options.environment,
    own: metadata === null ? {} : { GCE_METADATA_HOST: metadata.host },
  });
  const knownHosts = await writeKnownHosts(folder, server.port, keys.hostPublic);
  return {
    host: '127.0.0.1',
    port: server.port,
    user,
    keyFile: keys.clientFile,
    knownHosts,
    homeDir,
    close: async () => {
      metadata?.close();
      await server.close();
      await rm(knownHosts, { force: true });
    },
  };
}

/** Where embedded hosts live: `$XDG_DATA_HOME/fleet/embedded`, else `~/.local/share/fleet/embedded`. */
export function embeddedFolder(environment: Environment): string {
  const data = environment['XDG_DATA_HOME'];
  const base = data === undefined || !data.startsWith('/') ? join(environment['HOME'] || homedir(), '.local/share') : data;
  return join(base, 'fleet', 'embedded');
}

function refuseBadOptions({ name }: EmbeddedHostOptions): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw usageError('embedded-name', `an embedded host cannot be called "${name}": expected letters, digits, ".", "_" and "-"`);
  }
  if (readProcessStart(process.pid) === null) {
    throw new FleetError('/proc: not there; embedded hosts run on Linux only', {
      code: 'embedded-needs-linux',
      exit: exitCodes.couldNot,
      suggestions: ['use a Linux machine, or a host that is reached over SSH'],
    });
  }
}
