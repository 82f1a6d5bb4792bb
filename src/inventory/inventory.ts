import type { Host } from './host.ts';

export interface Group {
  name: string;
  description: string | null;
  /** Names of hosts, through groups of groups too, in the order of the inventory. */
  hosts: string[];
}

/** Everything that the inventory files describe, in the order of the files. */
export interface Inventory {
  hosts: Host[];
  groups: Group[];
}
