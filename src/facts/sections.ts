import { quote } from '../quoting.ts';

const begin = 'fleet-section-begin';
const end = 'fleet-section-end';
const endLine = new RegExp(`^${end} (\\d+)( late)?$`);

/** One question of a script; the others go on whatever becomes of it. */
export interface Section {
  name: string;
  /** POSIX sh. `$fleet_code` is the exit status of the section before it. */
  script: string;
  timeoutSeconds: number;
  /** The program that may hang. Once it has, the later sections of the same tool are left out: it costs its limit once. */
  tool?: string;
}

export interface SectionAnswer {
  text: string;
  exitCode: number;
  timedOut: boolean;
}

/** Runs the sections one after the other in one script, each in a subshell with stdin closed, its own time limit, and stderr beside stdout. */
export function writeSections(sections: readonly Section[]): string {
  const calls = sections.map(
    ({ name, script, timeoutSeconds, tool = name }) =>
      `fleet_section ${quote(name)} ${quote(tool)} ${timeoutSeconds} ${quote(script)}`,
  );
  return `${runner}\n${calls.join('\n')}\n`;
}

/** What the sections may take in all: each may use up its time, and a second or two to be ended. */
export function sectionsTimeoutSeconds(sections: readonly Section[]): number {
  const limits = new Map<string, number>();
  for (const { name, tool = name, timeoutSeconds } of sections) limits.set(tool, (limits.get(tool) ?? 2) + timeoutSeconds);
  return [...limits.values()].reduce((sum, seconds) => sum + seconds, 5);
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
      const text = trimLastEnd(open.lines.join('\n'));
      answers.set(open.name, { text, exitCode: Number(closed[1]), timedOut: closed[2] !== undefined });
      open = null;
    } else open?.lines.push(line);
  }
  return answers;
}

/** Why a section says nothing, for a sentence that names what was asked. */
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

/*
 * A tool that hangs is killed with all its descendants, which a wrapper script would leave behind; they are stopped first, so that none is born
 * meanwhile. One that not even KILL ends (stuck in the kernel) is left: a signal to the shell itself ends its `wait`. `kill` and `wait` alone
 * are the same in dash, bash and busybox; $$ is not the shell that waits, since a question runs in a subshell. The watcher
 * stays until it is told to go: bash waits for another one in place of a child that `kill` no longer found.
 */
const runner = `fleet_late=' ' fleet_code=0
read -r fleet_self _ </proc/self/stat
trap : USR1

fleet_section() {
  case $fleet_late in *" $2 "*) return ;; esac
  printf '${begin} %s\\n' "$1"
  ( eval "$4" ) </dev/null 2>&1 &
  fleet_asked=$!
  fleet_watch "$3" "$fleet_asked" </dev/null >/dev/null 2>&1 &
  fleet_watcher=$!
  wait "$fleet_asked"
  fleet_code=$?
  fleet_how=''
  kill "$fleet_watcher" 2>/dev/null
  wait "$fleet_watcher" 2>/dev/null
  if [ "$?" -eq 9 ]; then fleet_code=137 fleet_how=' late' fleet_late="$fleet_late$2 "; fi
  printf '\\n${end} %s%s\\n' "$fleet_code" "$fleet_how"
}

fleet_watch() {
  fleet_left=$1
  while [ "$fleet_left" -gt 0 ]; do
    sleep 1
    kill -0 "$2" || exit 0
    fleet_left=$((fleet_left - 1))
  done
  trap 'exit 9' TERM
  fleet_end "$2"
  for fleet_look in 1 2 3 4 5 6 7 8 9; do
    sleep 1
    test "$fleet_look" -ne 2 || kill -USR1 "$fleet_self"
  done
  exit 9
}

fleet_end() {
  kill -STOP "$1"
  fleet_family=" $1 " fleet_grew=yes
  while [ -n "$fleet_grew" ]; do
    fleet_grew=''
    for fleet_stat in /proc/[0-9]*/stat; do
      read -r fleet_line <"$fleet_stat" || continue
      fleet_pid=\${fleet_line%% *}
      fleet_line=\${fleet_line##*) ? }
      case $fleet_family in *" $fleet_pid "*) continue ;; *" \${fleet_line%% *} "*) ;; *) continue ;; esac
      kill -STOP "$fleet_pid"
      fleet_family="$fleet_family$fleet_pid " fleet_grew=yes
    done
  done
  # Words, one a pid.
  # shellcheck disable=SC2086
  kill -KILL $fleet_family
}`;
