# The wrapper of a unit: it lives in a session of its own outside the job's, keeps the guard, and is the last to leave.
wrap() {
  wr_unit=$2 wr_code=126
  if record_self "$wr_unit/wrapper"; then
    guard_apart "$wr_unit" &
    if open_workdir && open_output; then
      in_new_session sh "$FLEET_SCRIPT" carry "$FLEET_DIR" "$wr_unit" </dev/null >&3 2>&4 3>&- 4>&-
      wr_code=$?
      exec 3>&- 4>&-
    fi
  else
    say "cannot write $wr_unit" >"$wr_unit/error"
  fi 2>/dev/null
  case $wr_unit in */job) rm -f "${wr_unit%/*}/env" ;; esac
  read_uptime
  put "$wr_unit/ended" "$uptime"
  # A full disk: the exit status waits here, for as long as there is a folder for it.
  until put "$wr_unit/exit" "$wr_code" || [ ! -d "$wr_unit" ]; do sleep 2; done
  if [ ! -s "$wr_unit/pid" ] || session_is_over "$(cut -d' ' -f1 "$wr_unit/pid")"; then put "$wr_unit/spent" over; fi
  wait
  # Its guard removes it, unless it was killed.
  case $wr_unit in */job) unit_lives "$wr_unit" guard || rm -f "${wr_unit%/*}/env-next" ;; esac
}

open_workdir() {
  wr_workdir=$(cat "$wr_unit/workdir")
  enter "$wr_workdir" 2>"$wr_unit/error" && return 0
  say "cannot enter the workdir $wr_workdir" >>"$wr_unit/error"
  return 1
}

# The log of a job takes both streams; a command keeps them apart, in its own folder. Tried first: where it fails, "exec" ends a shell.
open_output() {
  read_author_path "$(cat "$wr_unit/log")"
  if [ -z "$author_path" ]; then
    command : >"$wr_unit/stdout" && command : >"$wr_unit/stderr" && exec 3>"$wr_unit/stdout" 4>"$wr_unit/stderr"
    return
  fi
  if command : >>"$author_path" && wc -c <"$author_path" | tr -d ' ' | place "$wr_unit/log-start"; then
    exec 3>>"$author_path" 4>&3
    return 0
  fi 2>"$wr_unit/error"
  say "cannot open the log $author_path" >>"$wr_unit/error"
  return 1
}

# The job itself: the leader of its session, from here to the author's command one and the same process. A halt looks for its pid after
# leaving its wish, and the job for a wish after writing its pid: one of them sees the other.
carry() {
  read -r ca_run ca_attempt ca_worker ca_token <"$2/owner"
  record_self "$2/pid" || exit 126
  if [ -f "$2/halt" ] || halted_by_newer "$ca_run" "$ca_token"; then exit 125; fi
  # The start of this attempt was still on its way when its own controller asked for a halt.
  case $2 in */job) [ ! -e "$FLEET_DIR/runs/$ca_run/fence/$ca_token/halt/a$ca_attempt" ] || exit 125 ;; esac
  # Output into a file would come in blocks, and look like a hang.
  export PYTHONUNBUFFERED="${PYTHONUNBUFFERED-1}"
  if [ -f "${2%/*}/env" ]; then
    # shellcheck disable=SC1091 # written by the controller
    . "${2%/*}/env"
  fi
  export FLEET_RUN_ID="$ca_run" FLEET_ATTEMPT="$ca_attempt" FLEET_WORKER_INDEX="$ca_worker" FLEET_UNIT="${2#"$FLEET_DIR/runs/"}"
  exec sh "$2/script"
}

# Has a controller with a higher token than $2 asked for a halt of run $1?
halted_by_newer() {
  for hn_file in "$FLEET_DIR/runs/$1/fence"/*/halt; do
    hn_token=${hn_file%/halt}
    if [ -e "$hn_file" ] && [ "${hn_token##*/}" -gt "$2" ]; then return 0; fi
  done
  return 1
}
