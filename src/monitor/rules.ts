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
  /** The metric source whose lines are looked at; the log when null or left out. */
  in?: string | null;
}

/** A fault that somebody has described: told beside whatever flag its line raises. */
export interface KnownIssue {
  issue: string;
  url: string | null;
  pattern: string;
  hint: string | null;
}

export interface ProgressRule {
  source: string;
  column: string;
  of: number | null;
}

export interface StallRule {
  /** With `learns` the least that is allowed. */
  noProgressSeconds: number;
  firstStepSeconds: number;
  /** Allowed between the first steps of an attempt, while compilers still work. These are left out in the plans of an older fleet. */
  compileSeconds?: number | null;
  /** The limit follows from the usual time between two records of progress. */
  learns?: boolean;
  slow?: SlowPhase[];
}

/** Work without progress that is known: it begins with a line of the log, or around every so many steps. */
export interface SlowPhase {
  name: string;
  log: string | null;
  every: number | null;
  allowSeconds: number;
}

export interface SilenceRule {
  seconds: number;
  color: Severity;
}

/** One stands still while others work. Counts are what must work; null: whatever has worked before. */
export interface IdleRule {
  seconds: number;
  ranks: number | null;
  accelerators: number | null;
}

/** What a job is held to: the `monitor` section of a playbook, seen from here. */
export interface MonitorRules {
  metrics: SourceRule[];
  progress: ProgressRule | null;
  stall: StallRule | null;
  criteria: CriterionRule[];
  flags: FlagRule[];
  /** How long the whole job should take, in seconds. This and what follows is left out in the plans of an older fleet. */
  duration?: Band | null;
  logSilence?: SilenceRule | null;
  idle?: IdleRule | null;
  knownIssues?: KnownIssue[];
  /** Names of built-in patterns that raise no flag; `all` of them. */
  silenced?: 'all' | string[];
}
