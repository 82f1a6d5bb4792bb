import { formatProblem } from '../problem.ts';
import { describeError, type ErrorDocument } from './describe-error.ts';
import { writeJsonDocument, writeTrouble } from './output.ts';
import { screenOf, type Screen } from './screen.ts';

/** The one place where a failed command is told: sets the exit code, and writes to stdout with `--json`, else to stderr. */
export function reportError(error: unknown, typed: { command: string | null; json: boolean; color: boolean }): void {
  const described = describeError(error, typed.command);
  if (described === null) return;
  process.exitCode = described.exit;
  if (typed.json) writeJsonDocument({ error: described.document });
  else writeTrouble(renderError(described.document, screenOf(process.stderr, process.env, typed)));
  if (process.env['FLEET_DEBUG'] === '1' && error instanceof Error) writeTrouble([error.stack ?? error.message]);
}

export function renderError(document: ErrorDocument, screen: Screen): string[] {
  const problems = (document.problems ?? []).map(formatProblem);
  const hints = document.suggestions.map((suggestion) => `  hint: ${suggestion}`);
  return [...problems, `${screen.paint('red', 'error:')} ${document.message}`, ...hints];
}
