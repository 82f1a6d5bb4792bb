import type { Severity } from '../lifecycle/states.ts';

/** Both ends included; null is open. */
export interface Band {
  low: number | null;
  high: number | null;
  text: string;
}

/** The name in braces of a path, whose files are read side by side and have a column of this name. Left out in the plans of an older fleet. */
interface Labelled {
  label?: string | null;
}

export interface CsvRule extends Labelled {
  kind: 'csv';
  name: string;
  /** Null: the first line names them. */
  columns: string[] | null;
  step: string;
  /** Null, or left out: found from each line. */
  separator?: string | null;
  /** What a column is called, from what the header says. */
  rename?: (name: string) => string;
}

export interface JsonlRule extends Labelled {
  kind: 'jsonl';
  name: string;
  step: string | null;
  when: string | null;
}

interface TextRule extends Labelled {
  kind: 'text';
  name: string;
  patterns: readonly { source: string }[];
  step: string | null;
}

export type FormatName = 'hf-trainer' | 'lightning' | 'nemo' | 'megatron' | 'torchtitan' | 'nanogpt' | 'llm-c' | 'tqdm';

interface FormatRule extends Labelled {
  kind: 'format';
  name: string;
  format: FormatName;
  step: string;
}

/** A file that is read whole, as a list of records. */
interface RecordsRule extends Labelled {
  kind: 'json' | 'sqlite';
  name: string;
  step: string | null;
}

export type SourceRule = CsvRule | JsonlRule | TextRule | FormatRule | RecordsRule | { kind: 'accelerators'; name: string };

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
