import type { Severity } from '../lifecycle/states.ts';

/** Both ends included; null is open. */
export interface Band {
  low: number | null;
  high: number | null;
  text: string;
}

export type SourceRule =
  | { kind: 'csv'; name: string; columns: string[] | null; step: string }
  | { kind: 'jsonl'; name: string; step: string | null; when: string | null }
  | { kind: 'accelerators'; name: string };

export type CsvRule = Extract<SourceRule, { kind: 'csv' }>;
export type JsonlRule = Extract<SourceRule, { kind: 'jsonl' }>;

export interface CriterionRule {
  name: string;
  expr: string;
  window: { kind: 'steps'; from: number; to: number } | { kind: 'whole' };
  expected: Band | null;
  severity: Severity;
}

export interface FlagRule {
  color: 'red' | 'yellow' | 'green';
  pattern: string;
  hint: string | null;
  expected: boolean;
}

export interface ProgressRule {
  source: string;
  column: string;
  of: number | null;
}

export interface StallRule {
  noProgressSeconds: number;
  firstStepSeconds: number;
}

/** What a job is held to: the `monitor` section of a playbook, seen from here. */
export interface MonitorRules {
  metrics: SourceRule[];
  progress: ProgressRule | null;
  stall: StallRule | null;
  criteria: CriterionRule[];
  flags: FlagRule[];
}
