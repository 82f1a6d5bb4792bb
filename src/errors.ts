/** Exit codes that people and scripts rely on; the help and the README print this same table. */
export const exitCodes = {
  done: 0,
  couldNot: 1,
  usage: 2,
  didNotSucceed: 3,
  unreachable: 4,
  stopped: 5,
  detached: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface FleetErrorDetails {
  /** Stable, kebab-case: scripts match on it. */
  code: string;
  exit: ExitCode;
  suggestions?: string[];
  cause?: unknown;
}

/** Every failure that a person is meant to read. Anything else that reaches the top is a defect. */
export class FleetError extends Error {
  readonly code: string;
  readonly exit: ExitCode;
  readonly suggestions: string[];

  constructor(message: string, details: FleetErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.exit = details.exit;
    this.suggestions = details.suggestions ?? [];
  }
}

/** Wrong usage, or a file with errors: nothing was touched. */
export function usageError(code: string, message: string, suggestions: string[] = []): FleetError {
  return new FleetError(message, { code, exit: exitCodes.usage, suggestions });
}

/** A name that the format reserves and this version does not execute. */
export function notYet(what: string, suggestions: string[] = []): FleetError {
  return new FleetError(`not yet: ${what}`, { code: 'not-yet', exit: exitCodes.usage, suggestions });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of a Node system error (`ENOENT`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
