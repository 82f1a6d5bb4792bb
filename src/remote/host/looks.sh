# stale RUN NAME WORKDIR: live processes that an earlier run left: with the id of another run of this folder, or with no id, NAME in their
# command line and their working folder under WORKDIR. "stale PID START COMMAND" a line.
stale() {
  sl_root=$(enter "$3" 2>/dev/null && pwd -P)
  for sl_dir in /proc/[0-9]*; do
    sl_pid=${sl_dir#/proc/}
    if [ ! -r "$sl_dir/environ" ] || [ "$sl_pid" = "$$" ] || ! read_process "$sl_pid" || ended "$sl_pid"; then continue; fi
    sl_start=$st_start sl_id=$(tr '\0' '\n' <"$sl_dir/environ" 2>/dev/null | sed -n 's/^FLEET_RUN_ID=//p' | head -n 1)
    [ "$sl_id" != "$1" ] || continue
    if [ -n "$sl_id" ]; then
      [ -d "$FLEET_DIR/runs/$sl_id" ] || continue
    else
      sl_cwd=$(readlink "$sl_dir/cwd" 2>/dev/null)
      [ -n "$sl_root" ] || continue
      case $sl_cwd/ in "$sl_root"/*) ;; *) continue ;; esac
      case $(command_line "$sl_pid") in *"$2"*) ;; *) continue ;; esac
    fi
    say stale "$sl_pid" "$sl_start" "$(command_line "$sl_pid" | cut -c1-200)"
  done
}

# halt_stale RUN TOKEN NAME WORKDIR GRACE: TERM, then KILL, then a look: "stopped ..." for what was there, "survivor ..." for what stays.
halt_stale() {
  fence "$1" "$2"
  hs_found=$(stale "$1" "$3" "$4")
  if [ -z "$hs_found" ]; then
    say none
    return 0
  fi
  say "$hs_found" | while read -r _ hs_pid hs_start hs_command; do
    say stopped "$hs_pid" "$hs_command"
    ! lives "$hs_pid" "$hs_start" || kill -TERM "$hs_pid" 2>/dev/null
  done
  hs_until=$(($(uptime_seconds) + $5))
  while [ -n "$(stale "$1" "$3" "$4")" ] && [ "$(uptime_seconds)" -lt "$hs_until" ]; do pause; done
  for _ in 1 2 3 4 5; do
    hs_left=$(stale "$1" "$3" "$4")
    [ -n "$hs_left" ] || break
    say "$hs_left" | while read -r _ hs_pid hs_start _; do ! lives "$hs_pid" "$hs_start" || kill -KILL "$hs_pid" 2>/dev/null; done
    pause
  done
  stale "$1" "$3" "$4" | while read -r _ hs_rest; do say survivor "$hs_rest"; done
  say looked
}

# prove RUN NAME, with lines "VARIABLE=value" on standard input: for each process of the run with NAME in its command line,
# "process PID COMMAND" and then "variable NAME ok|missing|differs". A process with such a child is a launcher, and is passed over.
prove() {
  pr_wanted=$(cat) pr_all='' pr_launchers=' '
  for pr_pid in $(members "$1" | cut -d' ' -f1); do
    case $(command_line "$pr_pid") in *"$2"*) ;; *) continue ;; esac
    read_process "$pr_pid" || continue
    pr_all="$pr_all $pr_pid" pr_launchers="$pr_launchers$st_parent "
  done
  for pr_pid in $pr_all; do
    case $pr_launchers in *" $pr_pid "*) continue ;; esac
    pr_env=$(tr '\0' '\n' <"/proc/$pr_pid/environ" 2>/dev/null)
    [ -n "$pr_env" ] || continue
    say process "$pr_pid" "$(command_line "$pr_pid" | cut -c1-200)"
    say "$pr_wanted" | while IFS= read -r pr_line; do
      [ -n "$pr_line" ] || continue
      if say "$pr_env" | grep -qxF -e "$pr_line"; then say variable "${pr_line%%=*}" ok
      elif say "$pr_env" | grep -q "^${pr_line%%=*}="; then say variable "${pr_line%%=*}" differs
      else say variable "${pr_line%%=*}" missing; fi
    done
  done
  say looked
}

# dump RUN NAME SIGNAL-NUMBER SIGNAL: to each process of the run with NAME in its command line that catches the signal (SigCgt), and to no other:
# the signal would end it. "signalled PID" or "not-caught PID".
dump() {
  members "$1" | while read -r du_pid _; do
    case $(command_line "$du_pid") in *"$2"*) ;; *) continue ;; esac
    du_mask=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$du_pid/status" 2>/dev/null)
    [ -n "$du_mask" ] || continue
    du_low=${du_mask#"${du_mask%????????}"}
    if [ $(((0x$du_low >> ($3 - 1)) & 1)) -eq 1 ]; then
      kill "-$4" "$du_pid" 2>/dev/null && say signalled "$du_pid"
    else
      say not-caught "$du_pid"
    fi
  done
  say looked
}

# hello: what a run needs of this host before anything else is asked of it.
hello() {
  say incarnation "$(incarnation)"
  say uptime "$(uptime_seconds)"
  say session-tool "$(session_tool)"
  say home "$HOME"
  if (umask 077 && mkdir -p "$FLEET_DIR") 2>/dev/null && say probe | place "$FLEET_DIR/.probe" && rm -f "$FLEET_DIR/.probe"; then
    say writable yes
  else
    say writable no
  fi
  if [ -r /proc/self/environ ] && [ -r /proc/1/stat ]; then say proc yes; else say proc no; fi
  he_kill=no
  for he_file in /etc/systemd/logind.conf /etc/systemd/logind.conf.d/*.conf; do
    [ -r "$he_file" ] && grep -qiE '^[[:space:]]*KillUserProcesses[[:space:]]*=[[:space:]]*(yes|true|on|1)' "$he_file" && he_kill=yes
  done
  say kills-at-logout "$he_kill"
}

# tidy RUN TOKEN: the environment and the machine's claim go; the run's folder stays as evidence.
tidy() {
  fence "$1" "$2"
  rm -f "$FLEET_DIR/runs/$1"/a*/w*/env
  release_host "$1" "$2"
}
