import { CLIError, ExitError } from '@oclif/core/errors';
import { exitCodes, FleetError, messageOf, type ExitCode } from '../errors.ts';
import { nearestName } from '../language/nearest.ts';
import { FilesHaveErrors, type Problem } from '../problem.ts';

export interface ErrorDocument {
  code: string;
  message: string;
  suggestions: string[];
  problems?: Problem[];
}

export interface DescribedError {
  document: ErrorDocument;
  exit: ExitCode;
}

/** Says what went wrong, as scripts and people read it. `command` is what was typed, to name its help. Null for a plain exit. */
export function describeError(error: unknown, command: string | null): DescribedError | null {
  if (error instanceof FilesHaveErrors) {
    const { code, message, suggestions, problems } = error;
    return { document: { code, message, suggestions, problems }, exit: error.exit };
  }
  if (error instanceof FleetError) {
    const { code, message, suggestions } = error;
    return { document: { code, message, suggestions }, exit: error.exit };
  }
  if (error instanceof ExitError) return null;
  if (error instanceof CLIError && error.oclif.exit === exitCodes.usage) return describeUsageError(error, command);
  return {
    document: {
      code: 'defect',
      message: `a defect in fleet: ${messageOf(error)}`,
      suggestions: ['set FLEET_DEBUG=1 to see where it happened'],
    },
    exit: exitCodes.couldNot,
  };
}

const saysNothing = /^(See more help|The following errors? occurred:)/;

/** oclif begins its sentences with a capital and ends them with a pointer to the help, which is a suggestion here. */
function describeUsageError(error: CLIError, command: string | null): DescribedError {
  const lines = error.message.split('\n').filter((line) => line.trim() !== '' && !saysNothing.test(line));
  const text = lines.map((line) => line.trim().replace(/:$/, '').replace(/ {2,}/g, ', ')).join(': ');
  return {
    document: {
      code: 'usage',
      message: text.charAt(0).toLowerCase() + text.slice(1),
      suggestions: [...suggestFlags(error), command === null ? 'fleet --help' : `fleet ${command} --help`],
    },
    exit: exitCodes.usage,
  };
}

/** The nearest flag for each that does not exist. oclif keeps what was typed and what there is on the error. */
function suggestFlags(error: CLIError & { flags?: unknown; parse?: { input?: { flags?: object } } }): string[] {
  const known = Object.keys(error.parse?.input?.flags ?? {}).map((name) => `--${name}`);
  if (!Array.isArray(error.flags)) return [];
  return error.flags.flatMap((typed) => nearestName(String(typed), known) ?? []).map((flag) => `did you mean ${flag}?`);
}
