import type { CheckResult } from '../lifecycle/states.ts';
import type { Size } from '../language/units.ts';

export interface RequirementRules {
  accelerators: {
    vendor: 'nvidia' | 'amd' | 'google' | null;
    model: string | null;
    count: number | null;
    memory: Size | null;
  } | null;
  python: string | null;
  driver: string | null;
  cuda: string | null;
  rocm: string | null;
  disk: { path: string; free: Size; inodes: number | null } | null;
  memory: Size | null;
  cpus: number | null;
  tools: readonly string[];
  network: readonly string[];
}

export interface RequirementRow {
  name: string;
  result: Extract<CheckResult, 'pass' | 'fail' | 'error' | 'skip'>;
  expected: string;
  observed: string | null;
  message: string | null;
}

export type Verdict = Omit<RequirementRow, 'name' | 'expected'>;
