guard_apart() {
  exec </dev/null >/dev/null 2>&1 3>&-
  guard "$FLEET_DIR" "$1"
}

# guard DIR UNIT [WISH]. Beside the unit, with or without a controller: keeps its rules, and carries out a wish to stop. Leaves when the
# unit has ended, and after a wish to stop when nothing of the run is left. A wish that the disk had no room for comes as an argument.
guard() {
  # What it calls must not look like work of the workdir.
  cd /
  gu_unit=$2 gu_given=${3-} gu_wish=${3-} gu_halted='' gu_prove_at=0 gu_wrong='' gu_pid=none gu_scope=''
  if another_guards; then return 0; fi
  record_self "$gu_unit/guard"
  gu_pid=$rs_pid
  pause
  # Asked once: what runs in a subshell below would ask again each time.
  know_search
  read -r gu_run gu_attempt gu_worker _ <"$gu_unit/owner"
  read -r gu_begin <"$gu_unit/began"
  gu_limit=$(cat "$gu_unit/limit")
  read_rules
  while find_unit_word "$gu_unit"; do
    case $unit_word in starting | running | ending) ;; *) break ;; esac
    if another_guards; then
      end_stall_watch
      return 0
    fi
    read_uptime
    keep_time_limit
    if [ "$unit_word" = running ]; then
      prove_now_and_then
      keep_rules
    fi
    keep_verdict
    # Between the wrapper's first act and the job's there is nothing to stop yet; the job looks for the wish before it begins.
    if halt_is_wanted && [ "$unit_word" != starting ]; then carry_out_halt; fi
    sleep 0.5 2>/dev/null || sleep 1
  done
  end_stall_watch
  keep_verdict
  while [ -d "$gu_unit" ] && halt_is_wanted && [ "$gu_halted" != gone ] && ! another_guards; do
    carry_out_halt
    [ "$gu_halted" = gone ] || sleep 2
  done
  fall_back
}

# keep_guard UNIT: a job whose guard was killed gets another.
keep_guard() {
  if unit_lives "$1" pid && ! unit_lives "$1" guard && [ -s "$1/owner" ]; then
    leave_running sh "$FLEET_SCRIPT" guard "$FLEET_DIR" "$1"
  fi
}

# Two may begin at the same moment; the one that was written down last stays, and one that brings its wish.
another_guards() { [ -z "$gu_given" ] && unit_lives "$gu_unit" guard && [ "$fl_pid" != "$gu_pid" ]; }

# Keeps in "proof" what the last look at the environment of the job's processes found: often at first, when its processes come, and then
# seldom. A process that is wrong in two looks settles it: a program may set a variable on the way to becoming another one. The file "prove"
# holds a piece of their command line, and the names of the variables.
prove_now_and_then() {
  if [ ! -s "$gu_unit/prove" ] || [ "$uptime" -lt "$gu_prove_at" ]; then return 0; fi
  if [ $((uptime - gu_begin)) -lt 60 ]; then gu_prove_at=$((uptime + 1)); else gu_prove_at=$((uptime + 30)); fi
  if grep -qs -e ' missing$' -e ' differs$' "$gu_unit/proof"; then return 0; fi
  { read -r pn_process && read -r pn_names; } <"$gu_unit/prove"
  pn_found=$(pushed_values | one_line_each | prove "$gu_run" "$pn_process" | grep -v '^looked$')
  case $pn_found in
  '') ;;
  *' missing'* | *' differs'*) [ "$pn_found" != "$gu_wrong" ] || put "$gu_unit/proof" "$pn_found" ;;
  *) put "$gu_unit/proof" "$pn_found" ;;
  esac
  gu_wrong=$pn_found
}

# Each value as it was pushed, ended by a NUL. Nothing but what the shell itself has runs with that environment.
pushed_values() (
  # shellcheck disable=SC1091 # written by the controller
  . "${gu_unit%/*}/env" || exit 1
  for pv_name in $pn_names; do
    eval "printf '%s\\0' \"\$pv_name=\$$pv_name\""
  done
)
