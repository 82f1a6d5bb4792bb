import type { TargetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';

type Place = Pick<TargetRecord, 'host' | 'worker'>;

/** As a person calls it among the workers of its run: by the host where each has one of its own, else by its number there. */
export function nameWorker(targets: readonly Place[], { host, worker }: Place): string {
  const hosts = new Set(targets.map((target) => target.host));
  if (hosts.size === targets.length) return host;
  return hosts.size === 1 ? `worker ${worker}` : `${host} worker ${worker}`;
}

/** `workers 0-4, 6 and 7`, or the names of their hosts. */
export function nameWorkers(targets: readonly Place[], some: readonly Place[]): string {
  const [first] = some;
  if (first === undefined) return 'no worker';
  if (some.length === 1) return nameWorker(targets, first);
  const hosts = new Set(targets.map((target) => target.host));
  if (hosts.size > 1) return joinNames(some.map((place) => nameWorker(targets, place)));
  return `workers ${joinNames(ranges(some.map(({ worker }) => worker)))}`;
}

function ranges(numbers: readonly number[]): string[] {
  const found: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.flatMap(([from, to]) => {
    if (from === to) return [String(from)];
    return to === from + 1 ? [String(from), String(to)] : [`${from}-${to}`];
  });
}

function joinNames(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** A sentence about a worker, with its name in front where the run has several. */
export function ofWorker(targets: readonly Place[], target: Place, text: string): string {
  return targets.length === 1 ? text : `${nameWorker(targets, target)}: ${text}`;
}

/** Where a run is: its host, or how many workers of which hosts. */
export function namePlace({ plan: { targets } }: Pick<Drive, 'plan'>): string {
  const hosts = [...new Set(targets.map(({ host }) => host))];
  const count = targets.length === hosts.length ? '' : ` (${targets.length} workers)`;
  return `${joinNames(hosts)}${count}`;
}
