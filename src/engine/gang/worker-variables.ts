import type { Facts } from '../../facts/facts.ts';
import { hostOf } from '../../language/place.ts';
import type { Drive } from '../drive.ts';
import { gangOf } from './gang-of.ts';
import { readMasterPort } from './master-port.ts';

/**
 * Lines for the shell that tell a worker of a run on several who it is, in fleet's names and in those that torchrun and the TPU runtime read. The latter
 * stay as the environment has them, if it has them. Nothing for a run on one worker.
 */
export function workerLines(drive: Drive): string {
  const { targets } = drive.plan;
  if (targets.length === 1) return '';
  const { index, host } = drive.target;
  const addresses = listAddresses(drive);
  const { processesPerWorker } = gangOf(drive.plan);
  const port = readMasterPort(drive);
  const own = {
    FLEET_WORKER_COUNT: targets.length,
    FLEET_WORKER_ADDRESSES: addresses.join(','),
    FLEET_WORKER_HOST: hostOf(host),
  };
  const usual = {
    MASTER_ADDR: addresses[0] ?? host,
    ...(port === null ? {} : { MASTER_PORT: port }),
    NODE_RANK: index,
    NNODES: targets.length,
    WORLD_SIZE: targets.length * processesPerWorker,
    ...(drive.host.accelerators?.vendor === 'google'
      ? { TPU_WORKER_ID: drive.target.worker, TPU_WORKER_HOSTNAMES: addresses.join(','), PJRT_DEVICE: 'TPU' }
      : {}),
  };
  return [
    ...Object.entries(own).map(([name, value]) => `export ${name}="${value}"\n`),
    ...Object.entries(usual).map(([name, value]) => `export ${name}="\${${name}-${value}}"\n`),
  ].join('');
}

/** Where the workers reach each other: as the slice itself says, else where fleet reaches them. Of names and addresses no letter means something to a shell. */
function listAddresses(drive: Drive): string[] {
  const { targets, hosts } = drive.plan;
  const facts = drive.parts.store.readFacts(drive.host.name, drive.target.worker)?.facts as Facts | undefined;
  const endpoints = facts?.tpu?.endpoints ?? [];
  const all =
    hosts.length === 1 && endpoints.length === targets.length
      ? endpoints
      : targets.map((target) => target.address ?? (isEmbedded(drive, target.host) ? '127.0.0.1' : hostOf(target.host)));
  return all.map((address) => address.replaceAll(/[^\w.:[\]%-]/g, ''));
}

function isEmbedded({ plan: { hosts } }: Drive, name: string): boolean {
  return hosts.find((host) => host.name === name)?.reach.kind === 'embedded';
}
