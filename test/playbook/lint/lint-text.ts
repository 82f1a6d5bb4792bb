import { lintPlaybook, type LintOptions } from '../../../src/playbook/lint/lint-playbook.ts';
import { readText } from '../playbook-text.ts';

/** What is found in this playbook, each as `path: message`; notes begin with "note: ". */
export function lintText(text: string, options?: LintOptions): string[] {
  return lintPlaybook(readText(`playbook: p\n${text}\n`), options).map(
    ({ path, message, severity }) => `${severity === 'note' ? 'note: ' : ''}${path}: ${message}`,
  );
}

/** A launch whose command is this text. */
export function launch(run: string, rest = ''): string {
  return `launch:\n  run: ${JSON.stringify(run)}\n  log: x.log\n  ${rest}\n`;
}
