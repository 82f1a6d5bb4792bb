import { exitCodes, FleetError } from '../errors.ts';

/**
 * Nothing ran on the host: it could not be reached, trusted or logged in to, or its login shell did not get as far as our first line.
 * `retryable` is false when trying again cannot help before a person has acted (host key, authentication, login shell).
 */
export class ConnectionFailed extends FleetError {
  readonly retryable: boolean;

  constructor(message: string, details: { code: string; retryable: boolean; suggestions?: string[]; cause?: unknown }) {
    super(message, { ...details, exit: exitCodes.unreachable });
    this.retryable = details.retryable;
  }
}

/** It was sent and the end of the answer never came: it may have run, in full, in part or not at all. */
export class OutcomeUnknown extends FleetError {
  constructor(message: string, cause?: unknown) {
    super(message, { code: 'outcome-unknown', exit: exitCodes.unreachable, cause });
  }
}

/** A question outlived its time limit. The host is reachable; what was asked hung, and nothing is known to have failed. */
export class QuestionTimedOut extends FleetError {
  readonly timeoutSeconds: number;

  constructor(message: string, timeoutSeconds: number) {
    super(message, { code: 'question-timed-out', exit: exitCodes.unreachable });
    this.timeoutSeconds = timeoutSeconds;
  }
}

/** An answer was longer than the caller can hold. */
export class QuestionTooLong extends FleetError {
  constructor(message: string) {
    super(message, { code: 'answer-too-long', exit: exitCodes.couldNot });
  }
}

/** A key that a server showed. */
export interface ShownKey {
  /** `ssh-ed25519` and the like, as the key itself says. */
  type: string;
  /** `SHA256:...`, as `ssh-keygen -l` prints it. */
  fingerprint: string;
}

/** Nobody has said yet that this host's key is the right one. */
export class HostKeyUnknown extends ConnectionFailed {
  readonly host: string;
  readonly port: number;
  readonly shown: ShownKey;

  constructor(message: string, details: { host: string; port: number; shown: ShownKey; suggestions: string[] }) {
    super(message, { code: 'host-key-unknown', retryable: false, suggestions: details.suggestions });
    this.host = details.host;
    this.port = details.port;
    this.shown = details.shown;
  }
}

/** The host shows another key than the one recorded: another machine, or somebody in between. Never overridden. */
export class HostKeyChanged extends ConnectionFailed {
  readonly shown: ShownKey;
  readonly recorded: ShownKey;
  /** Where the recorded key stands. */
  readonly file: string;
  readonly line: number;

  constructor(
    message: string,
    details: { shown: ShownKey; recorded: ShownKey; file: string; line: number; suggestions: string[] },
  ) {
    super(message, { code: 'host-key-changed', retryable: false, suggestions: details.suggestions });
    this.shown = details.shown;
    this.recorded = details.recorded;
    this.file = details.file;
    this.line = details.line;
  }
}
