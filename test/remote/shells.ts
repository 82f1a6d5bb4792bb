import { describe } from 'vitest';
import { missingReason, shellNames, type ShellName } from '../support/local-host.ts';

/** The same tests under each shell that a host may have as `sh`. */
export function eachShell(define: (shell: ShellName) => void): void {
  for (const shell of shellNames) {
    const missing = missingReason(shell);
    describe.skipIf(missing !== null)(missing === null ? `under ${shell}` : `under ${shell} (skipped: ${missing})`, () =>
      define(shell),
    );
  }
}
