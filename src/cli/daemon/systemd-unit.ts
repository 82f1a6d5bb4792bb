import { usageError } from '../../errors.ts';
import { quote as quoteForShell } from '../../quoting.ts';

/** How a daemon is started without a person. */
export interface DaemonStart {
  node: string;
  program: string;
  folder: string;
  /** A file of variables, which need not be there. */
  secrets: string;
  /** Also what tells it where things are. */
  environment: Readonly<Record<string, string>>;
}

/** A user unit of systemd. What runs on an embedded host lies in the unit's own group: only the daemon itself is told to end. */
export function describeUnit({ node, program, folder, secrets, environment }: DaemonStart): string {
  const variables = Object.entries(environment).map(([name, value]) => `Environment=${quote(`${name}=${value}`)}`);
  return `[Unit]
Description=fleet: the queue, the schedules, and runs that nobody drives

[Service]
ExecStart=${quoteWord(node)} ${quoteWord(program)} daemon
WorkingDirectory=${escape(folder)}
${variables.join('\n')}
EnvironmentFile=-${escape(secrets)}
Restart=on-failure
RestartSec=10
KillMode=process
TimeoutStopSec=60

[Install]
WantedBy=default.target
`;
}

/** One line for a crontab: a look each minute, that stays while there is something to drive. */
export function describeCrontab({ node, program, folder, environment, secrets }: DaemonStart): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${shellQuote(value)}`);
  const command = [...variables, shellQuote(node), shellQuote(program), 'daemon --once >/dev/null 2>&1'].join(' ');
  const file = shellQuote(secrets);
  const read = `if [ -r ${file} ]; then set -a; . ${file}; set +a; fi`;
  return `* * * * * cd ${shellQuote(folder)} && { ${read}; ${command}; }`.replaceAll('%', '\\%');
}

/** Of a command line, in which systemd puts variables in their places. */
function quoteWord(text: string): string {
  return quote(text).replaceAll('$', '$$$$');
}

function quote(text: string): string {
  return `"${escape(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function escape(text: string): string {
  if (/[\n\r]/.test(text)) throw usageError('usage', `a unit takes no line breaks, got ${JSON.stringify(text)}`);
  return text.replaceAll('%', '%%');
}

function shellQuote(text: string): string {
  if (/[\n\r]/.test(text)) throw usageError('usage', `a crontab takes no line breaks, got ${JSON.stringify(text)}`);
  return /^[\w./:@=+-]+$/.test(text) ? text : quoteForShell(text);
}
