import { join } from 'node:path';
import type { WorkerAddress } from '../engine/parts.ts';
import type { PlannedHost } from '../engine/plan.ts';
import { hostOf } from '../language/place.ts';
import { quote } from '../quoting.ts';
import { HostKeyUnknown } from '../ssh/failures.ts';
import type { Connection, SshAddress, Transport } from '../ssh/transport.ts';
import { findProgramRoot } from './program-root.ts';

export interface Workers {
  connect: (host: Pick<PlannedHost, 'name' | 'reach'>, at: WorkerAddress) => Promise<Connection>;
  close(): Promise<void>;
}

/**
 * Reaches real hosts over SSH, and embedded ones over SSH to a server in this process, which is started when it is first asked for. `inventories`
 * is what `--inventory` said: it belongs into a command that names a host.
 */
export function reachWorkers(environment: NodeJS.ProcessEnv, inventories: readonly string[]): Workers {
  let transport: Promise<Transport> | null = null;
  /** By name and worker. */
  const embedded = new Map<string, ReturnType<typeof startEmbedded>>();

  const getTransport = () =>
    (transport ??= import('../ssh/ssh-transport.ts').then(({ createSshTransport }) => createSshTransport({ environment })));

  const findAddress = async (
    { name, reach }: Pick<PlannedHost, 'name' | 'reach'>,
    { worker, address }: WorkerAddress,
  ): Promise<SshAddress> => {
    if (reach.kind === 'ssh') return { ...reach.ssh, host: address ?? name };
    const { machine, workers = 1 } = reach;
    const key = `${name}/${worker}`;
    const started = embedded.get(key) ?? startEmbedded({ name, machine, workers, worker }, environment);
    embedded.set(key, started);
    started.catch(() => embedded.delete(key));
    const { host, port, user, keyFile, knownHosts } = await started;
    const limits = { connectTimeoutSeconds: 10, keepaliveSeconds: 15 };
    return { host, port, user, keys: [keyFile], agent: false, hostKeys: 'strict', knownHosts, ...limits };
  };

  return {
    async connect({ name, reach }, at) {
      // All slots of a host are one machine.
      const host = { name: hostOf(name), reach };
      const [ssh, found] = await Promise.all([getTransport(), findAddress(host, at)]);
      try {
        return await ssh.connect(found);
      } catch (error) {
        throw error instanceof HostKeyUnknown ? tellHowToAccept(error, host.name, inventories) : error;
      }
    },
    async close() {
      if (transport !== null) await (await transport).close();
      for (const started of await Promise.allSettled(embedded.values())) {
        if (started.status === 'fulfilled') await started.value.close();
      }
    },
  };
}

interface EmbeddedWorker {
  name: string;
  machine: string;
  workers: number;
  worker: number;
}

async function startEmbedded(which: EmbeddedWorker, environment: NodeJS.ProcessEnv) {
  const { embeddedFolder, startEmbeddedHost } = await import('../embedded/embedded-host.ts');
  const assetsDir = join(findProgramRoot(), 'dist');
  return startEmbeddedHost({ ...which, dataDir: embeddedFolder(environment), environment, assetsDir });
}

/** The transport knows an address alone; a person types the name of the host. */
function tellHowToAccept(error: HostKeyUnknown, host: string, inventories: readonly string[]): HostKeyUnknown {
  const { message, port, shown, suggestions } = error;
  const flags = inventories.map((path) => ` --inventory ${quote(path)}`).join('');
  const command = `fleet hosts ${host} --accept-host-key ${shown.fingerprint}${flags}`;
  return new HostKeyUnknown(message, {
    host: error.host,
    port,
    shown,
    suggestions: [...suggestions, `if it is the same: ${command}`],
  });
}
