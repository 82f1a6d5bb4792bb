import type { Size } from '../language/units.ts';
import type { CheckResult } from '../lifecycle/states.ts';
import type { Vendor } from './accelerators.ts';

export interface AcceleratorRules {
  vendor: Vendor | null;
  model: string | null;
  count: number | null;
  memory: Size | null;
  /** Of a TPU slice: `2x4x4`, the chips of all workers, the workers. */
  topology?: string | null;
  chips?: number | null;
  workers?: number | null;
}

/** What a playbook, or one of its entries, requires. What came later is left out in the plans of an older fleet. */
export interface RequirementRules {
  accelerators: AcceleratorRules | null;
  /** Version conditions, as `>=3.10`. */
  python: string | null;
  driver: string | null;
  cuda?: string | null;
  rocm?: string | null;
  disk: { path: string; free: Size; inodes?: number | null } | null;
  memory?: Size | null;
  cpus?: number | null;
  tools?: string[];
  network?: string[];
}

export interface RequirementRow {
  name: string;
  result: Extract<CheckResult, 'pass' | 'fail' | 'error' | 'skip'>;
  expected: string;
  observed: string | null;
  message: string | null;
}

/** How one requirement stands; `hint` is what to do where it is not met. */
export interface Finding {
  name: string;
  result: 'pass' | 'fail' | 'error';
  required: string;
  found: string | null;
  /** What keeps it from being known, or what else there is to say. */
  because?: string | null;
  hint?: string;
}
