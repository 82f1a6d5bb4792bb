import { quote } from '../quoting.ts';

const begin = 'fleet-section-begin';
const end = 'fleet-section-end';
const endLine = new RegExp(`^${end} (\\d+)$`);
/** Exit status of a command that was killed for taking too long. */
const killed = 128 + 9;

/** One question of a script; the others go on whatever becomes of it. */
export interface Section {
  name: string;
  /** POSIX sh. */
  script: string;
  timeoutSeconds: number;
  /** A section before this one: when that had to be killed, this one is not asked. A tool that hangs costs its time once. */
  unlessHung?: string;
}

export interface SectionAnswer {
  text: string;
  exitCode: number;
  timedOut: boolean;
}

/**
 * Runs the sections one after the other in one script, each in a subshell with stdin closed, its own time limit, and stderr beside stdout. Past its
 * limit a section is killed with all that it started. What KILL cannot end, as a process that waits for a lost device, is left behind.
 */
export function writeSections(sections: readonly Section[]): string {
  const calls = sections.map(({ name, script, timeoutSeconds, unlessHung }) => {
    const call = `fleet_section ${quote(name)} ${timeoutSeconds} ${quote(script)}`;
    return unlessHung === undefined ? call : `case $fleet_hung in *${quote(` ${unlessHung} `)}*) ;; *) ${call} ;; esac`;
  });
  return `${runner}\n${calls.join('\n')}\n`;
}

/** Sections by name. Text outside of sections, such as a banner, is left out; a section whose end never came is left out too. */
export function parseSections(output: string): Map<string, SectionAnswer> {
  const answers = new Map<string, SectionAnswer>();
  let open: { name: string; lines: string[] } | null = null;
  for (const line of output.split('\n')) {
    const opened = line.startsWith(`${begin} `) ? line.slice(begin.length + 1) : null;
    const closed = endLine.exec(line);
    if (opened !== null) open = { name: opened, lines: [] };
    else if (closed !== null && open !== null) {
      const exitCode = Number(closed[1]);
      answers.set(open.name, { text: trimLastEnd(open.lines.join('\n')), exitCode, timedOut: exitCode === killed });
      open = null;
    } else open?.lines.push(line);
  }
  return answers;
}

/** The `key=value` lines of an answer. */
export function readPairs(answer: SectionAnswer | undefined): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const line of answer?.text.split('\n') ?? []) {
    const [, key, value] = /^([A-Za-z0-9._+-]+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) pairs.set(key, value.trim());
  }
  return pairs;
}

/** Why an answer says nothing of what was asked. */
export function explainSilence(answer: SectionAnswer | undefined): string {
  if (answer === undefined) return 'no answer';
  if (answer.timedOut) return 'did not answer in time and was killed';
  const [line = ''] = answer.text.trim().split('\n').slice(-1);
  return line === '' ? `nothing said, exit status ${answer.exitCode}` : `${line.slice(0, 200)} (exit status ${answer.exitCode})`;
}

/** The end marker stands on a line of its own even when the answer did not end with one. */
function trimLastEnd(text: string): string {
  return text.replace(/\n{1,2}$/, '');
}

// A parent is stopped before its children are ended: it would go on with its next command.
const runner = `fleet_hung=' '
fleet_self=$(exec sh -c 'echo $PPID')
fleet_end() {
  kill -STOP "$1" 2>/dev/null
  for fleet_child in $(grep -l "^PPid:[[:space:]]*$1$" /proc/[0-9]*/status 2>/dev/null); do
    fleet_child=\${fleet_child#/proc/}
    ( fleet_end "\${fleet_child%/status}" )
  done
  kill -KILL "$1" 2>/dev/null
}
fleet_section() {
  printf '${begin} %s\\n' "$1"
  ( eval "$3" ) </dev/null 2>&1 &
  fleet_asked=$!
  (
    fleet_left=$2
    while [ "$fleet_left" -gt 0 ]; do
      sleep 1
      kill -0 "$fleet_asked" 2>/dev/null || exit 0
      fleet_left=$((fleet_left - 1))
    done
    fleet_end "$fleet_asked"
    sleep 1
    ! kill -0 "$fleet_asked" 2>/dev/null || kill -USR1 "$fleet_self"
  ) </dev/null >/dev/null 2>&1 &
  fleet_watch=$!
  fleet_left_behind=''
  trap 'fleet_left_behind=1' USR1
  wait "$fleet_asked"
  fleet_code=$?
  trap - USR1
  [ -z "$fleet_left_behind" ] || fleet_code=${killed}
  [ "$fleet_code" != ${killed} ] || fleet_hung="$fleet_hung$1 "
  kill "$fleet_watch" 2>/dev/null
  wait "$fleet_watch" 2>/dev/null
  printf '\\n${end} %s\\n' "$fleet_code"
}`;
