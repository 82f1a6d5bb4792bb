import type { Size } from '../language/units.ts';

/** How a worker is reached over SSH. Paths are absolute, `~` already resolved. */
export interface SshSettings {
  user: string;
  port: number;
  /** Private key files to offer, in order; empty: the agent alone. */
  keys: string[];
  /** Whether the agent at SSH_AUTH_SOCK may be asked. */
  agent: boolean;
  hostKeys: 'strict' | 'accept-new';
  knownHosts: string;
  connectTimeoutSeconds: number;
  keepaliveSeconds: number;
}

interface Worker {
  /** From 0. */
  index: number;
  address: string;
}

/** What the inventory says a host has. Facts say what it really has. */
export interface DeclaredAccelerators {
  vendor: 'nvidia' | 'amd' | 'google';
  model: string;
  /** Per host, all workers together. */
  count: number;
  /** Of one accelerator. */
  memory: Size | null;
}

/** Where a host's workers are. */
export type Reach =
  | { kind: 'ssh'; workers: Worker[]; ssh: SshSettings }
  /** A pretend machine on this computer, by the name of what it pretends to be. */
  | { kind: 'embedded'; machine: string; workers: number }
  /** No address yet: a launch is refused with this reason. */
  | { kind: 'pending'; reason: string; workerCount: number };

/** Some of the accelerators of a host, by their index, for one run. */
export interface Slot {
  name: string;
  indices: number[];
}

export interface Host {
  /** With a slot: `a100x2:gpu0`. */
  name: string;
  /** Every group it belongs to, through groups of groups too. */
  groups: string[];
  description: string | null;
  reach: Reach;
  accelerators: DeclaredAccelerators | null;
  /** Into which its accelerators may be shared, by name; empty: it is used as a whole. */
  slots: Record<string, number[]>;
  /** Left out: the whole host. */
  slot?: Slot;
  cost: { perHour: number; currency: string } | null;
  /** Folder on the host for what fleet keeps there; null: the contract's default. */
  remoteDir: string | null;
  /** How long the folder of an ended run stays on the host, in seconds; null: for ever. */
  keepRunsSeconds: number | null;
  /** Shell lines sourced before every command of an author; empty when there are none. */
  setup: string;
  /** Override a playbook's params of the same name. */
  params: Record<string, string | number | boolean>;
}
