# Can grep look behind a NUL byte? busybox's cannot.
grep_sees_all() { printf 'a\0FLEET=1\0' | grep -qsF FLEET=1; }

# Processes with $1 ("NAME=value") in their environment, one pid a line.
with_environment() {
  if grep_sees_all; then
    grep -lsF "$1" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ we_pid _; do
      tr '\0' '\n' <"/proc/$we_pid/environ" 2>/dev/null | grep -qxF "$1" && say "$we_pid"
    done
  else
    for we_dir in /proc/[0-9]*; do
      [ -r "$we_dir/environ" ] || continue
      tr '\0' '\n' <"$we_dir/environ" 2>/dev/null | grep -qxF "$1" && say "${we_dir#/proc/}"
    done
  fi
}

# members RUN: every live process of the run, "PID STATE" a line: in a recorded session or group, carrying the run's id in its
# environment, or a descendant of one of these. The wrapper and the guard are ours, not the run's.
members() {
  me_set=" $(with_environment "FLEET_RUN_ID=$1" | tr '\n' ' ')" me_now=$(incarnation) me_sessions=' '
  for me_file in "$FLEET_DIR/runs/$1"/a*/w*/*/pid; do
    [ -s "$me_file" ] || continue
    read -r me_pid me_start <"$me_file"
    [ "$me_now" = "$(cat "${me_file%/pid}/incarnation" 2>/dev/null)" ] || continue
    if read_process "$me_pid" && [ "$st_start" != "$me_start" ]; then continue; fi
    me_sessions="$me_sessions$me_pid "
  done
  me_table=''
  for me_dir in /proc/[0-9]*; do
    me_pid=${me_dir#/proc/}
    read_process "$me_pid" || continue
    case $me_sessions in *" $st_session "* | *" $st_group "*) me_set="$me_set$me_pid " ;; esac
    ended "$me_pid" && st_state=ended
    me_table="$me_table $me_pid:$st_parent:$st_state"
  done
  me_grown=1
  while [ "$me_grown" = 1 ]; do
    me_grown=0
    for me_row in $me_table; do
      me_pid=${me_row%%:*} me_parent=${me_row#*:}
      case $me_set in *" $me_pid "*) continue ;; esac
      case $me_set in *" ${me_parent%:*} "*) me_set="$me_set$me_pid " me_grown=1 ;; esac
    done
  done
  for me_row in $me_table; do
    [ "${me_row##*:}" != ended ] || continue
    case $me_set in *" ${me_row%%:*} "*) say "${me_row%%:*}" "${me_row##*:}" ;; esac
  done
}

command_line() { tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null; }

# look RUN: "process PID STATE COMMAND" for every live process of the run, then "looked".
look() {
  members "$1" | while read -r lo_pid lo_state; do say process "$lo_pid" "$lo_state" "$(command_line "$lo_pid" | cut -c1-200)"; done
  say looked
}

# send_signal RUN SIGNAL: to the recorded groups first, so that nobody is missed between two looks, then to every member.
send_signal() {
  ss_to=$(members "$1")
  for ss_file in "$FLEET_DIR/runs/$1"/a*/w*/*/pid; do
    file_lives "$ss_file" && kill "-$2" "-$fl_pid" 2>/dev/null
  done
  say "$ss_to" | while read -r ss_pid _; do [ -z "$ss_pid" ] || kill "-$2" "$ss_pid" 2>/dev/null; done
}
