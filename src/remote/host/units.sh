# put_env RUN TOKEN ATTEMPT WORKER: keeps standard input as the environment of the attempt; an existing one stays.
put_env() {
  fence "$1" "$2"
  pe_dir=$FLEET_DIR/runs/$1/a$3/w$4
  (umask 077 && mkdir -p "$pe_dir") 2>/dev/null || cannot_write "$pe_dir"
  [ -f "$pe_dir/env" ] || place "$pe_dir/env" || cannot_write "$pe_dir/env"
  say kept
}

remove_env() {
  fence "$1" "$2"
  rm -f "$FLEET_DIR/runs/$1"/a*/w*/env
  say removed
}

# start RUN TOKEN ATTEMPT WORKER UNIT: claims the unit's folder and leaves its wrapper running; for a unit that exists already it only
# tells the state, so that it can be asked again when the answer was lost. The unit's files come in the variables unit_script,
# unit_workdir, unit_log (empty: files of its own), unit_limit (seconds, or empty), unit_sentinel, unit_grace, unit_moves, unit_prove, unit_needs_env.
# shellcheck disable=SC2154 # the variables above
start() {
  fence "$1" "$2"
  sa_dir=$FLEET_DIR/runs/$1/a$3/w$4 sa_unit=$FLEET_DIR/runs/$1/a$3/w$4/$5
  if [ "$(session_tool)" = none ]; then
    say no-session-tool
    return 0
  fi
  (umask 077 && mkdir -p "$sa_dir") 2>/dev/null || cannot_write "$sa_dir"
  if [ ! -d "$sa_unit" ]; then
    if [ "$unit_needs_env" = 1 ] && [ ! -f "$sa_dir/env" ]; then
      say env-missing
      return 0
    fi
    if (umask 077 && mkdir "$sa_unit") 2>/dev/null; then
      read_process $$
      {
        say "$$ $st_start" | place "$sa_unit/claim" &&
          incarnation | place "$sa_unit/incarnation" &&
          printf '%s' "$unit_script" | place "$sa_unit/script" &&
          say "$unit_workdir" | place "$sa_unit/workdir" &&
          say "$unit_log" | place "$sa_unit/log" &&
          say "$unit_limit" | place "$sa_unit/limit" &&
          say "$unit_sentinel" | place "$sa_unit/sentinel" &&
          say "$unit_grace" | place "$sa_unit/grace" &&
          say "$unit_moves" | place "$sa_unit/moves" &&
          printf '%s' "$unit_prove" | place "$sa_unit/prove" &&
          say "$1 $3 $4" | place "$sa_unit/owner"
      } || {
        rm -rf "$sa_unit"
        cannot_write "$sa_unit"
      }
      leave_running sh "$FLEET_SCRIPT" wrap "$FLEET_DIR" "$sa_unit"
      for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
        if [ -s "$sa_unit/pid" ] || [ -s "$sa_unit/exit" ]; then break; fi
        pause
      done
    elif [ ! -d "$sa_unit" ]; then
      cannot_write "$sa_unit"
    fi
  fi
  unit_state "$sa_unit"
}

# state RUN ATTEMPT WORKER UNIT
state() {
  beat "$1"
  unit_state "$FLEET_DIR/runs/$1/a$2/w$3/$4"
}

unit_state() {
  say uptime "$(uptime_seconds)"
  say incarnation "$(incarnation)"
  if [ ! -d "$1" ]; then
    say state absent
    return 0
  fi
  [ ! -s "$1/incarnation" ] || say started-on "$(cat "$1/incarnation")"
  [ ! -s "$1/pid" ] || say pid "$(cat "$1/pid")"
  [ ! -s "$1/log-start" ] || say log-start "$(cat "$1/log-start")"
  [ ! -s "$1/verdict" ] || say verdict "$(cat "$1/verdict")"
  if [ -s "$1/proof" ]; then
    while IFS= read -r us_line; do say proof "$us_line"; done <"$1/proof"
  fi
  if [ -s "$1/halt-progress" ]; then
    while IFS= read -r us_line; do say halt "$us_line"; done <"$1/halt-progress"
  fi
  # The exit file is looked at last: what was alive a moment ago may have ended by now, never the other way round.
  us_state=gone
  if file_lives "$1/pid"; then us_state=running
  elif file_lives "$1/wrapper"; then
    if [ -s "$1/pid" ]; then us_state=ending; else us_state=starting; fi
  elif [ ! -s "$1/wrapper" ]; then
    if file_lives "$1/claim"; then us_state=starting; else us_state=claimed; fi
  fi
  if [ -s "$1/exit" ]; then
    say exit "$(cat "$1/exit")"
    us_state=exited
  fi
  say state "$us_state"
}

# The wrapper of a unit: it lives in a session of its own outside the job's, keeps the guard, and is the last to leave.
wrap() {
  wr_unit=$2
  read_process $$ && say "$$ $st_start" | place "$wr_unit/wrapper"
  wr_log=$(cat "$wr_unit/log") wr_code=126
  guard_apart "$wr_unit" &
  if enter "$(cat "$wr_unit/workdir")" 2>"$wr_unit/error" && open_output 2>"$wr_unit/error"; then
    [ -z "$wr_log" ] || wc -c <"$wr_log" | tr -d ' ' | place "$wr_unit/log-start"
    in_new_session sh "$FLEET_SCRIPT" carry "$FLEET_DIR" "$wr_unit" </dev/null >&3 2>&4 3>&- 4>&-
    wr_code=$?
    exec 3>&- 4>&-
  fi
  case $wr_unit in */job) rm -f "${wr_unit%/*}/env" ;; esac
  until say "$wr_code" | place "$wr_unit/exit"; do sleep 5; done 2>/dev/null
}

# The log of a job takes both streams; a command keeps them apart, in its own folder. A plain "exec" would end this shell when it fails.
open_output() {
  if [ -n "$wr_log" ]; then
    command : >>"$wr_log" && exec 3>>"$wr_log" 4>&3
  else
    exec 3>"$wr_unit/stdout" 4>"$wr_unit/stderr"
  fi
}

# The job itself: the leader of its session, from here to the author's command one and the same process.
carry() {
  [ ! -f "$2/halt" ] || exit 125
  read -r FLEET_RUN_ID FLEET_ATTEMPT FLEET_WORKER_INDEX <"$2/owner"
  export FLEET_RUN_ID FLEET_ATTEMPT FLEET_WORKER_INDEX
  if ! read_process $$ || ! say "$$ $st_start" | place "$2/pid"; then exit 126; fi
  if [ -f "${2%/*}/env" ]; then
    # shellcheck disable=SC1091 # written by the controller
    . "${2%/*}/env"
  fi
  exec sh "$2/script"
}
