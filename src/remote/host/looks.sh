# stale RUN NAME WORKDIR: live processes that an earlier run left: those of another run of this folder that is no neighbour, and those without any id that have
# NAME in their command line and their working folder under WORKDIR. "stale PID START COMMAND" a line.
stale() {
  sl_root=$(enter "$3" 2>/dev/null && pwd -P)
  sl_carried=$(with_run_id)
  read_claim "$1"
  sl_cards=$claim_cards
  {
    say "$sl_carried" | cut -d' ' -f2- | sort -u | while read -r sl_id; do
      case $sl_id in '' | "$1" | . | .. | */*) continue ;; esac
      if [ -d "$FLEET_DIR/runs/$sl_id" ] && ! is_neighbour "$sl_cards" "$sl_id"; then members "$sl_id"; fi
    done | while read -r sl_pid _ sl_begun; do say "$sl_pid" "$sl_begun"; done
    [ -z "$sl_root" ] || with_name_below "$2" "$sl_root" | while read -r sl_pid sl_begun; do
      case "$newline$sl_carried" in *"$newline$sl_pid "*) ;; *) say "$sl_pid" "$sl_begun" ;; esac
    done
  } | sort -u | while read -r sl_pid sl_begun; do
    ! lives "$sl_pid" "$sl_begun" || say stale "$sl_pid" "$sl_begun" "$(short_command_line "$sl_pid")"
  done
}

# "PID RUN" for every process that carries a run's id.
with_run_id() {
  may_hold environ FLEET_RUN_ID= | while read -r wi_pid; do
    wi_id=$(tr '\0' '\n' 2>/dev/null <"/proc/$wi_pid/environ" | sed -n 's/^FLEET_RUN_ID=\(.\)/\1/p' | head -n 1)
    [ -z "$wi_id" ] || say "$wi_pid" "$wi_id"
  done 2>/dev/null
}

# "PID START" for every live process with $1 in its command line and its working folder under $2. Not the session that asks, and not
# fleet's own wrappers and guards.
with_name_below() {
  read_process self && wn_session=$st_session
  # Not in the pattern itself: bash 5.2 matches nothing by "${2%/}"/* when that is empty.
  wn_below=${2%/}
  # Blanks stand between arguments, where the file has NULs.
  may_hold cmdline "${1%% *}" | while read -r wn_pid; do
    if ! read_process "$wn_pid" || ended "$wn_pid" || [ "$st_session" = "$wn_session" ]; then continue; fi
    case $(command_line "$wn_pid") in *"$FLEET_DIR/lib/host-"*) continue ;; *"$1"*) ;; *) continue ;; esac
    case $(readlink "/proc/$wn_pid/cwd" 2>/dev/null)/ in "$wn_below"/*) say "$wn_pid" "$st_start" ;; esac
  done
}

# find_processes NAME [CARDS]: "process PID USER COMMAND" for each with NAME in its command line, wherever it works, but not those of runs that
# have other accelerators than these.
find_processes() {
  fp_passed=" $(of_neighbours "${2-}" | tr '\n' ' ')"
  with_name_below "$1" / | while read -r fp_pid _; do
    case $fp_passed in *" $fp_pid "*) continue ;; esac
    # shellcheck disable=SC2012 # one folder, and only its owner is read
    fp_user=$(ls -ld "/proc/$fp_pid" 2>/dev/null | tr -s ' ' | cut -d' ' -f3)
    [ -z "$fp_user" ] || say process "$fp_pid" "$fp_user" "$(short_command_line "$fp_pid")"
  done
  say looked
}

of_neighbours() {
  [ -n "$1" ] || return 0
  with_run_id | while read -r on_pid on_run; do ! is_neighbour "$1" "$on_run" || say "$on_pid"; done
}

# halt_stale RUN TOKEN NAME WORKDIR GRACE: TERM, then KILL, then a look: "stopped ..." for what was there, "survivor ..." for what stays.
halt_stale() {
  fence "$1" "$2"
  hs_found=$(stale "$1" "$3" "$4")
  if [ -z "$hs_found" ]; then
    say none
    return 0
  fi
  say "$hs_found" | while read -r _ hs_pid _ hs_command; do say stopped "$hs_pid" "$hs_command"; done
  signal_stale TERM "$hs_found"
  read_uptime
  hs_until=$((uptime + $5))
  while hs_left=$(stale "$1" "$3" "$4") && [ -n "$hs_left" ] && [ "$uptime" -lt "$hs_until" ]; do
    pause
    read_uptime
  done
  for _ in 1 2 3 4 5; do
    [ -n "$hs_left" ] || break
    signal_stale KILL "$hs_left"
    pause
    hs_left=$(stale "$1" "$3" "$4")
  done
  [ -z "$hs_left" ] || say "$hs_left" | while read -r _ hs_pid _ hs_command; do say survivor "$hs_pid" "$hs_command"; done
  say looked
}

signal_stale() {
  say "$2" | while read -r _ hs_pid hs_start _; do
    if lives "$hs_pid" "$hs_start"; then kill "-$1" "$hs_pid" 2>/dev/null; fi
  done
}

# From NUL-ended words to lines. A newline in a value becomes a byte that no value has.
one_line_each() { tr '\000\n' '\n\001'; }

# prove RUN NAME, with lines "VARIABLE=value" as one_line_each makes them on standard input: for each process of the run with NAME in its
# command line, "process PID COMMAND" and then "variable NAME ok|missing|differs". One with such a child is a launcher on the way to it, and
# is passed over. Compared by the shell itself: as an argument of a tool,
# a value could be read by everybody.
prove() {
  pr_wanted=$(cat) pr_named='' pr_parents=' '
  for pr_pid in $(members "$1" | cut -d' ' -f1); do
    case $(command_line "$pr_pid") in *"$2"*) ;; *) continue ;; esac
    if read_process "$pr_pid"; then pr_named="$pr_named $pr_pid" pr_parents="$pr_parents$st_parent "; fi
  done
  for pr_pid in $pr_named; do
    case $pr_parents in *" $pr_pid "*) continue ;; esac
    pr_command=$(command_line "$pr_pid")
    pr_env=$newline$(one_line_each 2>/dev/null <"/proc/$pr_pid/environ")$newline
    [ "$pr_env" != "$newline$newline" ] || continue
    say process "$pr_pid" "$(say "$pr_command" | cut -c1-200)"
    say "$pr_wanted" | while IFS= read -r pr_line; do
      [ -n "$pr_line" ] || continue
      case $pr_env in
      *"$newline$pr_line$newline"*) say variable "${pr_line%%=*}" ok ;;
      *"$newline${pr_line%%=*}="*) say variable "${pr_line%%=*}" differs ;;
      *) say variable "${pr_line%%=*}" missing ;;
      esac
    done
  done
  say looked
}

# dump RUN TOKEN NAME SIGNAL-NUMBER SIGNAL: to each process of the run with NAME in its command line that catches the signal (SigCgt), and to no other:
# the signal would end it. "signalled PID" or "not-caught PID".
dump() {
  fence "$1" "$2"
  members "$1" | while read -r du_pid _; do
    case $(command_line "$du_pid") in *"$3"*) ;; *) continue ;; esac
    du_mask=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$du_pid/status" 2>/dev/null)
    [ -n "$du_mask" ] || continue
    du_low=${du_mask#"${du_mask%????????}"}
    if [ $(((0x$du_low >> ($4 - 1)) & 1)) -eq 1 ]; then
      kill "-$5" "$du_pid" 2>/dev/null && say signalled "$du_pid"
    else
      say not-caught "$du_pid"
    fi
  done
  say looked
}

# hello: what a run needs of this host before anything else is asked of it.
hello() {
  say incarnation "$(incarnation)"
  read_uptime
  say uptime "$uptime"
  say session-tool "$(session_tool)"
  say home "$HOME"
  if (umask 077 && mkdir -p "$FLEET_DIR") 2>/dev/null && put "$FLEET_DIR/.probe" probe && rm -f "$FLEET_DIR/.probe"; then
    say writable yes
  else
    say writable no
  fi
  # Not pid 1: hidepid hides it, and everything else that is not ours.
  if [ -r /proc/self/environ ] && read_process self && [ -r /proc/uptime ]; then say proc yes; else say proc no; fi
  if hides_processes; then say hides-processes yes; else say hides-processes no; fi
  if kills_at_logout; then say kills-at-logout yes; else say kills-at-logout no; fi
}

# Does logind end what a user leaves behind? root is spared unless somebody says otherwise; the last word in its files counts.
kills_at_logout() {
  [ -d /run/systemd/seats ] || return 1
  kl_root=root kl_kill=no
  for kl_file in /usr/lib/systemd/logind.conf /etc/systemd/logind.conf /usr/lib/systemd/logind.conf.d/*.conf /run/systemd/logind.conf.d/*.conf /etc/systemd/logind.conf.d/*.conf; do
    [ -r "$kl_file" ] || continue
    kl_said=$(sed -n 's/^[[:space:]]*KillUserProcesses[[:space:]]*=[[:space:]]*//p' "$kl_file" | tail -n 1)
    kl_kill=${kl_said:-$kl_kill}
    grep -q '^[[:space:]]*KillExcludeUsers[[:space:]]*=' "$kl_file" && kl_root=
  done
  if [ "$(id -u)" = 0 ] && [ -n "$kl_root" ]; then return 1; fi
  case $kl_kill in [Yy]* | [Tt]* | [Oo][Nn]* | 1*) ;; *) return 1 ;; esac
}

# tidy RUN TOKEN: the environment, also one whose push was cut off, and the machine's claim go; the run's folder stays as evidence.
tidy() {
  fence "$1" "$2"
  rm -f "$FLEET_DIR/runs/$1"/a*/w*/env "$FLEET_DIR/runs/$1"/a*/w*/env-next "$FLEET_DIR/runs/$1"/a*/w*/env*.tmp
  release_host "$1" "$2"
}

# look_before RUN ATTEMPT: what is left of the attempts before that one: "process PID STATE COMMAND" for each process of the run, "carrier PID UNIT"
# for each wrapper and guard, then "looked".
look_before() {
  members "$1" | while read -r lb_pid lb_state _; do say process "$lb_pid" "$lb_state" "$(short_command_line "$lb_pid")"; done
  for lb_unit in "$FLEET_DIR/runs/$1"/a*/w*/*/; do
    lb_unit=${lb_unit%/} lb_attempt=${lb_unit#"$FLEET_DIR/runs/$1/a"}
    [ "${lb_attempt%%/*}" -lt "$2" ] 2>/dev/null || continue
    for lb_file in wrapper guard; do
      ! unit_lives "$lb_unit" "$lb_file" || say carrier "$fl_pid" "${lb_unit##*/}"
    done
  done
  say looked
}
