import { quote } from '../quoting.ts';

const begin = 'fleet-section-begin';
const end = 'fleet-section-end';
const endLine = new RegExp(`^${end} (\\d+)$`);
/** Exit status of a command that was killed for taking too long. */
const killed = 128 + 9;

/** One question of a script; the others go on whatever becomes of it. */
export interface Section {
  name: string;
  /** POSIX sh. Where it runs one command only, `exec` lets the time limit reach that command itself. */
  script: string;
  timeoutSeconds: number;
}

export interface SectionAnswer {
  text: string;
  exitCode: number;
  timedOut: boolean;
}

/** Runs the sections one after the other in one script, each in a subshell with stdin closed, its own time limit, and stderr beside stdout. */
export function writeSections(sections: readonly Section[]): string {
  const calls = sections.map(
    ({ name, script, timeoutSeconds }) => `fleet_section ${quote(name)} ${timeoutSeconds} ${quote(script)}`,
  );
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

/** The end marker stands on a line of its own even when the answer did not end with one. */
function trimLastEnd(text: string): string {
  return text.replace(/\n{1,2}$/, '');
}

const runner = `fleet_section() {
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
    kill -KILL "$fleet_asked"
  ) </dev/null >/dev/null 2>&1 &
  fleet_watch=$!
  wait "$fleet_asked"
  fleet_code=$?
  kill "$fleet_watch" 2>/dev/null
  wait "$fleet_watch" 2>/dev/null
  printf '\\n${end} %s\\n' "$fleet_code"
}`;
