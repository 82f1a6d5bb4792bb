import type { Range } from '../../language/range.ts';
import type { Scalar } from '../fields.ts';
import type { Requirements } from '../requires.ts';

/** What is expected of a command's answer. All that is given must hold. */
export interface OutputExpectation {
  equals: string | null;
  oneOf: string[] | null;
  contains: string | null;
  matches: string | null;
  /** Regular expression with named groups; numeric captures are numbers in `where`. */
  capture: string | null;
  /** CEL over the captures. */
  where: string | null;
}

export interface Expectation {
  /** Exit status; 0 unless the author said otherwise. */
  exit: number;
  stdout: OutputExpectation | null;
  stderr: OutputExpectation | null;
}

/** What one value is held to: of a configuration file, of the environment, of an answer. */
export type Condition =
  | { kind: 'equals'; value: Scalar }
  | { kind: 'one-of'; values: Scalar[] }
  /** A number inside. */
  | { kind: 'within'; range: Range }
  | { kind: 'matches'; pattern: string }
  /** Whether there is a value at all; it is never shown. */
  | { kind: 'set'; set: boolean };

type AnswerType = 'text' | 'number' | 'yes-no';

/** What is sent, as it was when the run was planned. */
interface SentContent {
  files: number;
  bytes: number;
  /** Of all names, contents, and which can be executed. */
  sha256: string;
}

/** What one entry of an ordered list does. */
export type Deed =
  | { kind: 'run'; command: string; expect: Expectation }
  | { kind: 'accelerators-free' }
  | { kind: 'config'; file: string; expect: Record<string, Condition> }
  /** `age` in seconds, by the host's own clock. */
  | { kind: 'files'; glob: string; count: Range | null; size: Range | null; age: Range | null; sha256: string | null }
  /** `path` relative to the workdir. */
  | { kind: 'git'; path: string; branch: string | null; commit: string | null; tag: string | null; clean: boolean }
  /** Any of a package's conditions must hold; an empty list: any version. */
  | { kind: 'python'; interpreter: string; packages: Record<string, string[]> }
  | { kind: 'processes'; match: string; count: Range }
  | { kind: 'environment'; expect: Record<string, Condition> }
  /** Asked of the person who launches, before anything is begun. */
  | { kind: 'question'; ask: string; answer: AnswerType; accept: Condition | null; confirms: boolean }
  | { kind: 'halt-stale'; match: string }
  | { kind: 'archive'; globs: string[] }
  /** `from` on this computer: as it is written, and in a plan absolute. `to` relative to the workdir. `content` is known in a plan. */
  | { kind: 'send'; from: string; to: string; exclude: string[]; delete: boolean; content?: SentContent }
  /** `repository` on this computer, and absolute in a plan; `commit` is then its full id. */
  | { kind: 'checkout'; repository: string; commit: string; to: string }
  /** `path` gets what failed, its output and the time. */
  | { kind: 'note'; path: string }
  | { kind: 'quarantine-host'; reason: string };

/** `host`: this machine; `source.commit`: the commit of a clean source. */
type RememberedBy = 'host' | 'source.commit';

/** Of a run with several workers, those that an entry is for: all side by side, all one after the other, the first, or the one at that position. */
export type EntryWorkers = 'all' | 'each' | 'first' | number;

/** A check looks at something, an action changes something. */
export interface Entry {
  kind: 'check' | 'action';
  name: string;
  deed: Deed;
  /** Seconds. Twice this: stop and hand to the person. Null: a short look, held to the time limit of a question. */
  expectedTimeSeconds: number | null;
  /** Seconds that one try may take. */
  timeoutSeconds: number | null;
  /** A failed check of this severity stops the launch (`fail`) or is only told (`warn`). */
  severity: 'fail' | 'warn';
  /** How often it is tried in all, and how long is waited between two tries. */
  retry: { times: number; delaySeconds: number } | null;
  /** Whether it may go on beside its neighbours that may, too. */
  parallel: boolean;
  /** A pass is not looked at again while these are the same. */
  remember: RememberedBy[] | null;
  /** Left out in the plans of an older fleet: all. */
  on?: EntryWorkers;
  /** A run that goes on from an earlier one skips it. Left out: it does not. */
  unlessGoesOn?: boolean;
  /** What it finds must be the same on every worker. Left out: it need not be. */
  alike?: boolean;
  /** What the host must have for this entry alone. */
  requires: Requirements | null;
  /** A failure takes the host out of use, for this reason, until a person lifts it. */
  quarantine: string | null;
  /** What to do when it fails. */
  hint: string | null;
  /** Whose time it is part of. */
  stage: string | null;
  /** Where it stands in the file, for messages. */
  line: number | null;
}
