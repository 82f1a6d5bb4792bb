import { placeOf } from '../language/place.ts';
import type { Problem } from '../problem.ts';
import type { ExpandedHost } from './expand-hosts.ts';
import type { HostEntry } from './format.ts';
import type { Host } from './host.ts';
import { matchGlob } from './pattern.ts';
import { listWorkers } from './workers.ts';

/** Slots share nothing, and have no more than the host is said to have: two runs in two of them are never on one accelerator. */
export function findSlotProblems(
  { from, name }: ExpandedHost,
  { slots }: HostEntry,
  { reach, accelerators }: Pick<Host, 'reach' | 'accelerators'>,
): Problem[] {
  if (slots === undefined) return [];
  const refuse = (at: (string | number)[], message: string, suggestion: string | null = null) =>
    from.document.problem([...from.path, 'slots', ...at], message, { suggestion });
  if (listWorkers(reach).length !== 1)
    return [refuse([], `"${name}" has several workers: slots are of a host that is one machine`)];
  if (accelerators === null)
    return [refuse([], `slots of what? "${name}" declares no accelerators`, 'accelerators: { vendor, model, count }')];
  const owners = new Map<number, string>();
  return Object.entries(slots).flatMap(([slot, indices]) =>
    indices.flatMap((index, position) => {
      const owner = owners.get(index);
      owners.set(index, owner ?? slot);
      if (owner !== undefined) return [refuse([slot, position], `accelerator ${index} is in "${owner}" already`)];
      if (index < accelerators.count) return [];
      return [refuse([slot, position], `expected an index from 0 to ${accelerators.count - 1}, got ${index}`)];
    }),
  );
}

/** The slots of a host whose names fit a glob, each as a host of its own that has these accelerators alone, and costs its share. */
export function takeSlots(host: Host, glob: string): Host[] {
  return Object.entries(host.slots).flatMap(([slot, indices]) => (matchGlob(glob, slot) ? [takeSlot(host, slot, indices)] : []));
}

function takeSlot(host: Host, slot: string, indices: number[]): Host {
  const { name, accelerators, cost } = host;
  const share = indices.length / (accelerators?.count ?? indices.length);
  return {
    ...host,
    name: placeOf(name, slot),
    slot: { name: slot, indices },
    accelerators: accelerators && { ...accelerators, count: indices.length },
    cost: cost && { ...cost, perHour: cost.perHour * share },
  };
}
