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
  disk: { path: string; free: Size } | null;
}
