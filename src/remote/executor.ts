import type { Actor } from './claims.ts';
import type { RemoteCommand } from './command.ts';

/** Where a unit lies: one job, or one command of an author that changes something or takes long. */
export interface UnitPlace {
  attempt: number;
  worker: number;
  /** `job`, or the phase and position of an entry: `prepare-0`. */
  unit: string;
}

export interface UnitWork {
  /** Setup and command, run by `sh` in the workdir. */
  script: string;
  workdir: string;
  /** Appended to, relative to the workdir; null: the unit keeps stdout and stderr in its own folder. */
  log: string | null;
  timeLimitSeconds: number | null;
  /** Whether the pushed environment must be there before the start. */
  needsEnvironment: boolean;
  /** Whether the machine must be claimed for the run. */
  needsClaim: boolean;
  /** Relative to the workdir; made to ask the work to end by itself. */
  sentinel: string | null;
  /** Critical variables, proved by the guard in every process of the run with `process` in its command line. */
  prove: { process: string; variables: string[] } | null;
  /** No new line with `contains` in `file` for so long: the guard stops the unit. Before the first such line the other limit holds. */
  stall: { file: string; contains: string; noNewLineSeconds: number; firstLineSeconds: number } | null;
  /** Less than this free at `path`: the guard stops the unit. */
  disk: { path: string; freeBytes: number } | null;
  /** `script` is run again and again beside the unit, and what it says is kept. `beside`: a file whose length is noted with each sample. */
  sampling: { script: string; everySeconds: number; beside: string | null } | null;
  /** The one that it runs in, where the playbook has any. */
  profile?: string | null;
  /** Files that are read of it, relative to the workdir. */
  files?: string[];
  /** What the guard makes of it when it ends in one of some ways, and no controller is there. */
  next?: NextWork | null;
  graceSeconds: number;
  then: ({ signal: string } | { waitSeconds: number })[];
}

/** The attempt after this one, in another profile. Its environment is pushed before. */
export interface NextWork {
  work: UnitWork;
  /** Any of these is enough. */
  exits: number[];
  texts: string[];
  /** How long no controller must have spoken. */
  afterSeconds: number;
  /** A pattern of the files that it may go on from, relative to the workdir. */
  checkpoints: string | null;
}

/**
 * - `absent`: nothing was ever claimed here.
 * - `claimed`: claimed, and the host died before the wrapper's first act. Whether it ran is for a person to say.
 * - `starting`: the wrapper lives and the process is not there yet.
 * - `running`: the process lives.
 * - `ending`: the process is gone and the wrapper has not written the exit status yet.
 * - `exited`: the exit status is there.
 * - `gone`: no process, and no exit status.
 */
export type UnitWord = 'absent' | 'claimed' | 'starting' | 'running' | 'ending' | 'exited' | 'gone';

export interface UnitState {
  word: UnitWord;
  pid: number | null;
  exitCode: number | null;
  /** Bytes that were in the log before the unit began. */
  logStart: number | null;
  /** Why the guard stopped the unit by itself: `time-limit 3600`, `stall 1800`, `disk-floor 5000000000 .`. */
  verdict: string | null;
  /** Why it could not begin: the workdir cannot be entered, the log cannot be opened. */
  error: string | null;
  /** The one that it runs in; null: it has none, or is of an older fleet. */
  profile: string | null;
  /** Null: the guard has not made this attempt. */
  madeByGuard: MadeByGuard | null;
  /** It has ended as one that an attempt in another profile follows: by what it is known. */
  fallsBack: string | null;
  /** What the guard found in the environment of the job's processes; no values. */
  proof: Proof[];
  /** How long it ran, by the host's clock; null while it runs, or where the host cannot say. */
  ranSeconds?: number | null;
  /** Moves of a halt so far, each `UPTIME WORD...`; the last word of a proved one is `gone`. */
  haltMoves: string[];
  /** The machine and boot that answered, and the one that the unit was started on. */
  incarnation: string;
  startedOn: string | null;
  /** The highest attempt of this unit that was claimed, whoever made it; null when it was not asked for. */
  newestAttempt: number | null;
  /** /proc hides processes of other users: one that is not seen may live. */
  hidesProcesses: boolean;
  /** Seconds on the host's own clock that never jumps. */
  uptimeSeconds: number;
}

interface MadeByGuard {
  because: string;
  /** What it goes on from. */
  checkpoint: string | null;
  /** How long files were when it began: what comes after that is of this attempt. By path, as the work names them. */
  starts: Map<string, { size: number; inode: string }>;
}

export type StartAnswer =
  { kind: 'state'; state: UnitState } | { kind: 'environment-missing' } | { kind: 'claim-lost' } | { kind: 'no-session-tool' };

export interface Proof {
  pid: number;
  command: string;
  variables: { name: string; found: 'ok' | 'missing' | 'differs' }[];
}

interface HaltRequest {
  graceSeconds: number | null;
  force: boolean;
  reason: string;
  /** The attempt whose job must not begin any more, though its start may still be on its way. Left out: none. */
  attempt?: number;
}

/** How a job is started, watched and stopped on a worker. Everything here may be sent twice. */
export interface Executor {
  readonly name: 'detached';
  /** Starts the unit, or tells the state of the one that is there: a start whose answer was lost is asked for again. */
  start(actor: Actor, place: UnitPlace, work: UnitWork): RemoteCommand<StartAnswer>;
  state(run: string, place: UnitPlace): RemoteCommand<UnitState>;
  /** The same for the controller that drives the run: it shuts out those before it, and keeps the machine's claim. */
  watch(actor: Actor, place: UnitPlace): RemoteCommand<UnitState>;
  /** What a unit without a log of its own has printed, the last `maxBytes` of each stream. */
  output(run: string, place: UnitPlace, maxBytes: number): RemoteCommand<{ stdout: Buffer; stderr: Buffer }>;
  /** Leaves the wish to stop with every unit of the run that has not ended, and sees to it that each has a guard. Returns those units. */
  requestHalt(actor: Actor, wish: HaltRequest): RemoteCommand<string[]>;
  /** The same for one unit: nothing else of the run is stopped, and the run may go on. Without a grace it is the unit's own. */
  stopUnit(actor: Actor, place: UnitPlace, reason: string, graceSeconds?: number): RemoteCommand<string[]>;
}
