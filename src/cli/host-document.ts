import type { Host } from '../inventory/host.ts';
import { listWorkers } from '../inventory/workers.ts';

/** A host as `--json` shows it. */
export interface HostDocument {
  name: string;
  groups: string[];
  description: string | null;
  reach: 'ssh' | 'embedded' | 'pending';
  /** Why there is no address yet. */
  pending: string | null;
  /** What an embedded host pretends to be. */
  machine: string | null;
  ssh: { user: string; port: number } | null;
  workers: { index: number; address: string | null }[];
  accelerators: { vendor: string; model: string; count: number; memoryBytes: number | null } | null;
  /** Names to indices of accelerators. */
  slots: Host['slots'];
  cost: { perHour: number; currency: string } | null;
  remoteDir: string | null;
  params: Host['params'];
  /** Who has taken it out of use, and why. */
  quarantine: { reason: string; by: string; at: string } | null;
}

export function describeHost(host: Host, quarantine: HostDocument['quarantine']): HostDocument {
  const { name, groups, description, reach, accelerators, slots, cost, remoteDir, params } = host;
  return {
    name,
    groups,
    description,
    reach: reach.kind,
    pending: reach.kind === 'pending' ? reach.reason : null,
    machine: reach.kind === 'embedded' ? reach.machine : null,
    ssh: reach.kind === 'ssh' ? { user: reach.ssh.user, port: reach.ssh.port } : null,
    workers: listWorkers(reach),
    accelerators: accelerators === null ? null : describeAccelerators(accelerators),
    slots,
    cost,
    remoteDir,
    params,
    quarantine,
  };
}

function describeAccelerators(declared: NonNullable<Host['accelerators']>): HostDocument['accelerators'] {
  const { vendor, model, count, memory } = declared;
  return { vendor, model, count, memoryBytes: memory?.bytes ?? null };
}
