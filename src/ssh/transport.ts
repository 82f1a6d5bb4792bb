/**
 * How a worker is reached. One connection a worker, kept and shared by everything that talks to it.
 *
 * There are two ways to say something. A *question* only looks: it goes through one long-lived `sh`, costs one round trip, and may
 * be asked again whenever its answer was lost. A *conversation* has a channel of its own, with streams: `fleet exec`.
 */
export interface Transport {
  /** Connects, or returns the live connection. Fails with a ConnectionFailed: nothing ran. */
  connect(address: SshAddress): Promise<Connection>;
  /** Closes every connection. Jobs on the hosts are not touched. */
  close(): Promise<void>;
}

/** All that is needed to reach and trust one worker. */
export interface SshAddress {
  host: string;
  port: number;
  user: string;
  keys: string[];
  agent: boolean;
  hostKeys: 'strict' | 'accept-new';
  knownHosts: string;
  connectTimeoutSeconds: number;
  keepaliveSeconds: number;
}

export interface Answer {
  exitCode: number;
  stdout: Buffer;
  stderr: Buffer;
  /** Seconds, from sending to the end of the answer, on this machine's monotonic clock. */
  seconds: number;
}

export interface AskOptions {
  /** After this the question's process group is killed, its channel is given up, and QuestionTimedOut is thrown. */
  timeoutSeconds: number;
  /** Bytes of stdout and of stderr kept; past it QuestionTooLong is thrown and the channel is given up. Default 16 MiB. */
  maxBytes?: number;
}

export interface Streams {
  onStdout(chunk: Buffer): void;
  onStderr(chunk: Buffer): void;
}

export interface Ended {
  /** Null when a signal ended it. */
  exitCode: number | null;
  signal: string | null;
}

export interface Connection {
  readonly alive: boolean;
  /**
   * Runs `script` (POSIX sh source, any length) in a subshell of the long-lived `sh`, with stdin closed. Questions are pipelined: several asked
   * at once cost one round trip together. `exit` in the script ends the subshell alone.
   * Throws OutcomeUnknown when the connection breaks between sending and the end of the answer.
   */
  ask(script: string, options: AskOptions): Promise<Answer>;
  /**
   * Runs `script` under a `sh` of its own channel, streaming. `input` is what the script reads on stdin, null for none.
   * Aborting `signal` closes the channel; what the script started in a session of its own lives on.
   */
  converse(script: string, streams: Streams, options?: { input?: Buffer; signal?: AbortSignal }): Promise<Ended>;
  close(): void;
}
