import { secretWords } from '../language/secret-name.ts';
import type { AcceleratorProcess } from './accelerators.ts';

/** Who a process is, as `/proc` tells it: tools know a pid, and cut its name. */
export interface Holder {
  user: string;
  command: string;
}

/** A shell function: `fleet_holders PID...` writes a line for each that lives. Names of users may be numbers, where `ls` knows none. */
export const holdersFunction = `fleet_holders() {
  for fleet_pid in "$@"; do
    [ -r "/proc/$fleet_pid/cmdline" ] || continue
    # One name, which is a number.
    # shellcheck disable=SC2012
    ls -ld "/proc/$fleet_pid" 2>/dev/null | {
      read -r _ _ fleet_user _ || exit 0
      printf 'fleet-holder %s %s ' "$fleet_pid" "$fleet_user"
      tr '\\000\\n\\r' '   ' <"/proc/$fleet_pid/cmdline" | head -c 500
      echo
    }
  done
}`;

const holderLine = /^fleet-holder (\d+) (\S+) (.*)$/;

/** The lines of `fleet_holders` in an answer, and the lines around them. */
export function splitHolders(text: string): { holders: Map<number, Holder>; rest: string } {
  const holders = new Map<number, Holder>();
  const rest: string[] = [];
  for (const line of text.split('\n')) {
    const [, pid, user = '', command = ''] = holderLine.exec(line) ?? [];
    if (pid === undefined) rest.push(line);
    else holders.set(Number(pid), { user, command: command.trim() });
  }
  return { holders, rest: rest.join('\n') };
}

/**
 * A process with its user and its whole command line. In a container a tool may tell the pids of the host, which mean others here: where the
 * name that the tool knows does not occur in the command line, the tool's word stays.
 */
export function nameProcess(process: AcceleratorProcess, holders: ReadonlyMap<number, Holder>): AcceleratorProcess {
  const holder = process.pid === null ? undefined : holders.get(process.pid);
  if (holder === undefined || holder.command === '') return process;
  const known = process.command?.split(/\s/)[0]?.split('/').at(-1)?.replace(/^\.+/, '') ?? '';
  if (!holder.command.includes(known)) return process;
  return { ...process, user: holder.user, command: hideSecrets(holder.command) };
}

/** Whoever gives a secret to a program on its command line shows it to everybody; fleet does not keep it. */
export function hideSecrets(commandLine: string): string {
  return commandLine.replaceAll(secretValue, '$1****');
}

/** A command line is text: words may stand before the name, and a space between the name and its value. */
const secretValue = new RegExp(`((?:${secretWords}|credentials?)["']?[=: ]["']?)[^\\s"']+`, 'gi');
