import type { Problem } from '../problem.ts';
import { readAddresses } from './address.ts';
import type { ExpandedHost } from './expand-hosts.ts';
import type { HostEntry } from './format.ts';
import type { Reach, SshSettings } from './host.ts';
import { listNames } from './match.ts';

/** Where a host's workers are. Null when that is not said, or said twice: `problems` tells it. */
export function readReach(host: ExpandedHost, entry: HostEntry, ssh: SshSettings): { reach: Reach | null; problems: Problem[] } {
  const problems: Problem[] = [];
  const refuse = (key: string | null, message: string, suggestion: string | null = null) => {
    const path = key === null ? host.from.path : [...host.from.path, key];
    problems.push(host.from.document.problem(path, message, { suggestion, part: key === null ? 'key' : 'value' }));
    return { reach: null, problems };
  };
  const { address, embedded } = entry;
  const count = typeof entry.workers === 'number' ? entry.workers : null;
  const workers = typeof entry.workers === 'number' ? undefined : entry.workers;
  if (ssh.user === '') return refuse(null, 'missing "ssh: { user }": the user who runs fleet has no name');
  const ways = { address, workers, embedded };
  const [first, ...more] = (['address', 'workers', 'embedded'] as const).filter((key) => ways[key] !== undefined);
  if (count !== null && embedded === undefined) {
    const hint = 'if they are not known yet: workers: { unknown: "why", count: N }';
    return refuse('workers', `expected the addresses of the workers, got ${count}: a number alone goes with "embedded"`, hint);
  }
  if (first === undefined) {
    const hint = 'if it is not known yet: address: { unknown: "why" }';
    return refuse(null, 'missing, expected one of "address", "workers" or "embedded"', hint);
  }
  if (more.length > 0)
    return refuse(more[0] ?? first, `expected one of "address", "workers" or "embedded", got ${listNames([first, ...more])}`);

  if (embedded !== undefined) {
    if (entry.ssh !== undefined) return refuse('ssh', 'an embedded host has no SSH settings: fleet makes its own');
    return { reach: { kind: 'embedded', machine: embedded, workers: count ?? 1 }, problems };
  }
  if (typeof address === 'object') return { reach: { kind: 'pending', reason: address.unknown, workerCount: 1 }, problems };
  if (typeof workers === 'object' && 'unknown' in workers) {
    return { reach: { kind: 'pending', reason: workers.unknown, workerCount: workers.count }, problems };
  }
  if (address !== undefined) {
    const own = host.addresses[host.position];
    if (host.addresses.length !== host.of || own === undefined) {
      const message = `expected ${host.of} ${host.of === 1 ? 'address' : 'addresses'} for ${host.of === 1 ? 'one host' : `${host.of} hosts`}, got ${host.addresses.length} in "${address}"`;
      return refuse('address', message, host.of === 1 ? 'the machines of one slice go to "workers"' : null);
    }
    return { reach: { kind: 'ssh', workers: [{ index: 0, address: own }], ssh }, problems };
  }
  if (host.of > 1) return refuse('workers', `"${host.from.key}" stands for ${host.of} hosts: describe each slice by itself`);
  const addresses = (typeof workers === 'string' ? [workers] : (workers ?? [])).flatMap(readAddresses);
  const twice = addresses.find((one, index) => addresses.indexOf(one) !== index);
  if (twice !== undefined) return refuse('workers', `"${twice}" is named twice`);
  return { reach: { kind: 'ssh', workers: addresses.map((one, index) => ({ index, address: one })), ssh }, problems };
}
