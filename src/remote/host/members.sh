# Sets search to what searches the files of all processes at once: grep, where it looks behind a NUL byte, strings, where it does not
# (busybox), or nothing. xargs keeps the list of files from growing too long for one call.
know_search() {
  [ -z "$search" ] || return 0
  search=nothing
  command -v xargs >/dev/null 2>&1 || return 0
  if printf 'a\0FLEET=1\0' | grep -qsF FLEET=1; then search='grep'
  elif FLEET_PROBE=1 strings -f /proc/self/environ 2>/dev/null | grep -qxF '/proc/self/environ: FLEET_PROBE=1'; then search='strings'; fi
}

# may_hold FILE TEXT: processes that may have the text in that file of theirs, one pid a line.
may_hold() {
  know_search
  case $search:$2 in
  grep:*) printf '%s\n' /proc/[0-9]*/"$1" | xargs grep -lsF -e "$2" | cut -d/ -f3 ;;
  nothing:* | *[!A-Za-z0-9_./=:@%+,-]*) for mh_dir in /proc/[0-9]*; do [ ! -r "$mh_dir/$1" ] || say "${mh_dir#/proc/}"; done ;;
  *) printf '%s\n' /proc/[0-9]*/"$1" | xargs strings -f -n "${#2}" | grep -F -e "$2" | cut -d/ -f3 | sort -u ;;
  esac 2>/dev/null
}

# Processes with the variable $1 ("NAME=value") in their environment, one pid a line.
with_environment() {
  may_hold environ "$1" | while read -r we_pid; do
    if tr '\0' '\n' <"/proc/$we_pid/environ" | grep -qxF -e "$1"; then say "$we_pid"; fi
  done 2>/dev/null
}

# Sets leaders to the recorded pids of the units of run $1, or of its unit $2 alone, each between blanks. Left out are those of another boot,
# those whose session is known to be over, and those whose number has another process now.
read_leaders() {
  leaders=' '
  for rl_file in "$FLEET_DIR/runs/$1"/a*/w*/*/pid; do
    rl_unit=${rl_file%/pid}
    if [ -n "$2" ] && [ "$rl_unit" != "$FLEET_DIR/runs/$1/$2" ]; then continue; fi
    if [ ! -s "$rl_file" ] || [ -e "$rl_unit/spent" ] || ! started_here "$rl_unit"; then continue; fi
    read -r rl_pid rl_start <"$rl_file"
    if read_process "$rl_pid" && [ "$st_start" != "$rl_start" ]; then continue; fi
    leaders="$leaders$rl_pid "
  done
}

# members RUN [UNIT]: every live process of the run, "PID STATE START" a line: in a recorded session or group, carrying the run's id in its
# environment, or a descendant of one of these. With UNIT, "a1/w0/job": those of that unit, which carry its name. The wrapper and the guard are
# ours, not the run's.
members() {
  me_carried=FLEET_RUN_ID=$1
  [ -z "${2-}" ] || me_carried=FLEET_UNIT=$1/$2
  me_set=" $(with_environment "$me_carried" | tr '\n' ' ')" me_table=''
  read_leaders "$1" "${2-}"
  for me_dir in /proc/[0-9]*; do
    me_pid=${me_dir#/proc/}
    read_process "$me_pid" || continue
    case $leaders in *" $st_session "* | *" $st_group "*) me_set="$me_set$me_pid " ;; esac
    ended "$me_pid" && st_state=ended
    me_table="$me_table $me_pid:$st_parent:$st_state:$st_start"
  done
  me_grown=1
  while [ "$me_grown" = 1 ]; do
    me_grown=0
    for me_row in $me_table; do
      me_pid=${me_row%%:*} me_parent=${me_row#*:}
      case $me_set in *" $me_pid "*) continue ;; esac
      case $me_set in *" ${me_parent%%:*} "*) me_set="$me_set$me_pid " me_grown=1 ;; esac
    done
  done
  for me_row in $me_table; do
    me_pid=${me_row%%:*} me_row=${me_row#*:*:}
    [ "${me_row%:*}" != ended ] || continue
    case $me_set in *" $me_pid "*) say "$me_pid" "${me_row%:*}" "${me_row#*:}" ;; esac
  done
}

# Does no process of run $1, or of its unit $2, live? Two looks: one can miss what is being forked meanwhile.
nobody_left() { [ -z "$(members "$1" "${2-}")" ] && pause && [ -z "$(members "$1" "${2-}")" ]; }

# Does nobody live in the session or the group that process $1 led?
session_is_over() {
  for so_dir in /proc/[0-9]*; do
    so_pid=${so_dir#/proc/}
    read_process "$so_pid" || continue
    case " $st_session $st_group " in *" $1 "*) ended "$so_pid" || return 1 ;; esac
  done
}

# In one line: a newline in an argument would look like a line of ours.
command_line() { tr -s '\000-\037\177' ' ' 2>/dev/null <"/proc/$1/cmdline"; }

short_command_line() { command_line "$1" | cut -c1-200; }

# look RUN: "process PID STATE COMMAND" for every live process of the run, then "looked".
look() {
  members "$1" | while read -r lo_pid lo_state _; do say process "$lo_pid" "$lo_state" "$(short_command_line "$lo_pid")"; done
  say looked
}

# send_signal RUN SIGNAL UNIT ATTEMPT MEMBERS: to the recorded groups first, so that nobody is missed between two looks, then to the members
# outside them: a second TERM means something else than the first to many a program. UNIT empty: to all of the run up to that attempt.
send_signal() {
  ss_groups=' '
  for ss_file in "$FLEET_DIR/runs/$1"/a*/w*/*/pid; do
    ss_place=${ss_file#"$FLEET_DIR/runs/$1/"} ss_attempt=${ss_file#"$FLEET_DIR/runs/$1/a"}
    if [ -n "$3" ] && [ "$ss_place" != "$3/pid" ]; then continue; fi
    [ "${ss_attempt%%/*}" -le "$4" ] 2>/dev/null || continue
    if unit_lives "${ss_file%/pid}" pid && kill "-$2" "-$fl_pid" 2>/dev/null; then ss_groups="$ss_groups$fl_pid "; fi
  done
  say "$5" | while read -r ss_pid _ ss_start; do
    if [ -z "$ss_pid" ] || ! lives "$ss_pid" "$ss_start"; then continue; fi
    case $ss_groups in *" $st_group "*) ;; *) kill "-$2" "$ss_pid" 2>/dev/null ;; esac
  done
}
