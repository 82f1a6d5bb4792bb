import type { Problem } from '../problem.ts';
import type { ExpandedHost } from './expand-hosts.ts';
import type { Host } from './host.ts';

/** Hosts that are reached at the address and port of an earlier one: a warning for each, since they would be taken for two machines. */
export function findSharedAddresses(hosts: readonly Host[], described: ReadonlyMap<string, ExpandedHost>): Problem[] {
  const owners = new Map<string, string>();
  return hosts.flatMap(({ name, reach }) => {
    const from = described.get(name)?.from;
    if (reach.kind !== 'ssh' || from === undefined) return [];
    return reach.workers.flatMap(({ address }) => {
      const place = `${address.toLowerCase()}, port ${reach.ssh.port}`;
      const owner = owners.get(place);
      if (owner === undefined) {
        owners.set(place, name);
        return [];
      }
      const key = from.entry?.address === undefined ? 'workers' : 'address';
      const message = `"${name}" is at ${place}, as "${owner}" is: they look like two machines and are one`;
      const suggestion = 'keep one of them; a run there makes the other one busy';
      return [from.document.problem([...from.path, key], message, { severity: 'warning', suggestion })];
    });
  });
}
