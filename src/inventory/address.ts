import { isIP } from 'node:net';
import { expandRange } from './ranges.ts';

/** The addresses that a text stands for: a name, an IP address, or a range of them. Throws a RangeError that says what is wrong. */
export function readAddresses(text: string): string[] {
  if (/^\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]/.test(text))
    throw new RangeError(`expected an IPv6 address without brackets, got ${JSON.stringify(text)}`);
  const addresses = expandRange(text);
  for (const address of addresses) refuseBadAddress(address);
  return addresses;
}

function refuseBadAddress(address: string): void {
  const shown = JSON.stringify(address);
  if (address.includes('@')) throw new RangeError(`expected an address alone, got ${shown}: the user goes to "ssh: { user: … }"`);
  if (isIP(address) !== 0) return;
  if (/^[^:]+:\d+$/.test(address))
    throw new RangeError(`expected an address alone, got ${shown}: the port goes to "ssh: { port: … }"`);
  if (/^[\d.]+$/.test(address)) throw new RangeError(`expected a name or an IP address, got ${shown}`);
  if (address.length > 253 || !/^[A-Za-z0-9_]([\w.-]*[\w.])?$/.test(address)) {
    throw new RangeError(`expected a name or an IP address, got ${shown}`);
  }
}
