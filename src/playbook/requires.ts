import type { Size } from '../language/units.ts';

/** What the host must have. */
export interface Requirements {
  accelerators: {
    vendor: 'nvidia' | 'amd' | 'google' | null;
    model: string | null;
    count: number | null;
    memory: Size | null;
  } | null;
  /** Version condition, compared by components: `>=3.10`. */
  python: string | null;
  /** Driver version condition, same form. */
  driver: string | null;
  /** Version conditions of what is installed for the accelerators. */
  cuda: string | null;
  rocm: string | null;
  disk: { path: string; free: Size; inodes: number | null } | null;
  /** Of the host, all of it. */
  memory: Size | null;
  cpus: number | null;
  /** Programs that are found after the setup lines. */
  tools: string[];
  /** `HOST:PORT`, reached from the host. */
  network: string[];
}
