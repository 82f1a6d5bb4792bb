import type { Window } from '../language/window.ts';
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

/** How long a verdict must have held before it counts. */
export type HoldRule = { kind: 'readings'; count: number } | { kind: 'time'; seconds: number };

/** What may be left out is left out in the plans of an older fleet. */
export interface CriterionRule {
  name: string;
  expr: string;
  window: Window;
  /** The name of the window, where it is a phase. */
  phase?: string | null;
  expected: Band | null;
  /** Outside it something is wrong, whichever side it is: violated, and red. */
  plausible?: Band | null;
  severity: Severity;
  /** Readings of each attempt that are left out at the start of the window. */
  warmUp?: number;
  /** Fewer readings decide nothing. */
  atLeast?: number;
  /** A part of the limit. */
  margin?: number;
  hold?: HoldRule | null;
  /** Judged apart for each value of this column; of every source that is read, when `source` is null. */
  each?: { source: string | null; column: string } | null;
}

/** Further names of a series, by its name `source.column`. */
export type Aliases = Readonly<Record<string, readonly string[]>>;

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
  /** Left out in the plans of an older fleet. */
  aliases?: Aliases;
  /** Sources that another run has written: their steps are not those of this one. Left out in the plans of an older fleet. */
  references?: readonly string[];
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
