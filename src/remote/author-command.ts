import { quote } from '../quoting.ts';
import type { RemoteCommand } from './command.ts';
import paths from './host/paths.sh';

export interface AuthorCommand {
  run: string;
  attempt: number;
  worker: number;
  workdir: string;
  /** The host's lines, then the playbook's. */
  setup: string;
  command: string;
  /** Lines `export NAME='value'`; travels on standard input. */
  environment: string;
  timeoutSeconds: number;
}

/** An author's command as a question: for what only looks, and is quick. */
export function askAuthorCommand(wanted: AuthorCommand): RemoteCommand<{ exitCode: number; stdout: Buffer; stderr: Buffer }> {
  return {
    name: 'run a check',
    body: `${paths}enter ${quote(wanted.workdir)} || exit 126
${wanted.environment}
export FLEET_RUN_ID=${quote(wanted.run)} FLEET_ATTEMPT=${wanted.attempt} FLEET_WORKER_INDEX=${wanted.worker}
exec sh -c ${quote(withSetup(wanted.setup, wanted.command))}`,
    timeoutSeconds: wanted.timeoutSeconds,
    mayHang: true,
    standsAlone: true,
    parse: ({ exitCode, stdout, stderr }) => ({ exitCode, stdout, stderr }),
  };
}

/** What runs: the setup lines, then the command, in one shell. */
export function withSetup(setup: string, command: string): string {
  return setup.trim() === '' ? command : `${setup.trimEnd()}\n${command}`;
}

/** Lines that a shell sources to set the variables. */
export function exportLines(variables: readonly { name: string; value: string }[]): string {
  return variables.map(({ name, value }) => `export ${name}=${quote(value)}\n`).join('');
}
