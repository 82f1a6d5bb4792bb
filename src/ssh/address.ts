import type { SshAddress } from './transport.ts';

/** `user@host:port`, an IPv6 address in brackets: how every message names a worker. */
export function nameAddress(address: Pick<SshAddress, 'user' | 'host' | 'port'>): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${address.user}@${host}:${address.port}`;
}
