import type { Size } from '../language/units.ts';

/** What came later is left out in the plans of an older fleet. */
export interface Requirements {
  accelerators: {
    vendor: 'nvidia' | 'amd' | 'google' | null;
    model: string | null;
    count: number | null;
    /** Of one. */
    memory: Size | null;
    /** Of a TPU slice. */
    topology?: string | null;
    chips?: number | null;
    workers?: number | null;
  } | null;
  /** Version condition, compared by components: `>=3.10`. */
  python: string | null;
  /** Driver version condition, same form; those of CUDA and ROCm too. */
  driver: string | null;
  cuda?: string | null;
  rocm?: string | null;
  disk: { path: string; free: Size; inodes?: number | null } | null;
  /** Of the host. */
  memory?: Size | null;
  cpus?: number | null;
  /** Programs that must be found. */
  tools?: string[];
  /** `host:port` that the host must be able to connect to. */
  network?: string[];
}
