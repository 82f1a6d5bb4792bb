import { usageError } from '../errors.ts';
import type { Host, SshSettings } from '../inventory/host.ts';

export interface AcceptedKey {
  host: string;
  address: string;
  type: string;
  fingerprint: string;
}

/**
 * Records the key of the one worker of `hosts` that shows this fingerprint. A fingerprint says something of one machine: several hosts are
 * refused, and of a host with several workers the others are left alone.
 */
export async function acceptKey(hosts: readonly Host[], fingerprint: string): Promise<AcceptedKey> {
  const [host, ...others] = hosts;
  if (host === undefined || others.length > 0) {
    throw usageError('one-host-expected', `--accept-host-key: expected one host, got ${hosts.length}`, [
      `fleet hosts HOST --accept-host-key ${fingerprint}`,
    ]);
  }
  const { addresses, ssh } = readSshReach(host);
  const { acceptHostKey } = await import('../ssh/accept-host-key.ts');
  let refusal: unknown;
  for (const address of addresses) {
    try {
      const { type } = await acceptHostKey({ ...ssh, host: address }, fingerprint);
      return { host: host.name, address, type, fingerprint };
    } catch (error) {
      refusal ??= error;
    }
  }
  throw refusal;
}

function readSshReach(host: Host): { addresses: string[]; ssh: SshSettings } {
  switch (host.reach.kind) {
    case 'ssh':
      return { addresses: host.reach.workers.map((worker) => worker.address), ssh: host.reach.ssh };
    case 'embedded':
      throw usageError('embedded-host', `host "${host.name}" is on this computer: fleet knows its key`);
    case 'pending':
      throw usageError('host-address-unknown', `host "${host.name}": the address is not known yet: ${host.reach.reason}`);
  }
}
