guard_apart() {
  exec </dev/null >/dev/null 2>&1 3>&-
  guard "$FLEET_DIR" "$1"
}

# Beside the unit, with or without a controller: keeps the time limit, and carries out a wish to stop. Leaves when the unit has ended.
guard() {
  gu_unit=$2 gu_halted=''
  read_own_pid
  read_process "$own" && say "$own $st_start" | place "$gu_unit/guard"
  read -r gu_run _ <"$gu_unit/owner"
  gu_prove_at=0 gu_wrong=''
  gu_begin=$(uptime_seconds) gu_limit=$(cat "$gu_unit/limit")
  while [ ! -s "$gu_unit/exit" ]; do
    if [ ! -f "$gu_unit/halt" ] && [ -n "$gu_limit" ] && [ $(($(uptime_seconds) - gu_begin)) -ge "$gu_limit" ]; then
      say time-limit "$gu_limit" | place "$gu_unit/verdict"
      say reason "past the time limit of $gu_limit s" | place "$gu_unit/halt"
    fi
    prove_now_and_then
    if [ -s "$gu_unit/wrapper" ]; then
      # Between the wrapper's first act and the job's there is nothing to stop yet; the job looks for the wish before it begins.
      if [ -f "$gu_unit/halt" ] && { [ -s "$gu_unit/pid" ] || ! file_lives "$gu_unit/wrapper"; }; then carry_out_halt; fi
      file_lives "$gu_unit/wrapper" || file_lives "$gu_unit/pid" || break
    else
      file_lives "$gu_unit/claim" || break
    fi
    pause
  done
  [ ! -f "$gu_unit/halt" ] || [ "$gu_halted" = gone ] || carry_out_halt
}

# Keeps in "proof" what the last look at the environment of the job's processes found: often at first, when its processes come, and then
# seldom. A process that is wrong in two looks settles it: a program may set a variable on the way to becoming another one. The file "prove"
# holds a piece of their command line, and the names of the variables.
prove_now_and_then() {
  pn_now=$(uptime_seconds)
  if [ ! -s "$gu_unit/prove" ] || [ "$pn_now" -lt "$gu_prove_at" ]; then return 0; fi
  if [ $((pn_now - gu_begin)) -lt 60 ]; then gu_prove_at=$((pn_now + 1)); else gu_prove_at=$((pn_now + 30)); fi
  if grep -qs -e ' missing$' -e ' differs$' "$gu_unit/proof"; then return 0; fi
  { read -r pn_process && read -r pn_names; } <"$gu_unit/prove"
  pn_found=$(pushed_values | prove "$gu_run" "$pn_process" | grep -v '^looked$')
  pn_wrong=$(say "$pn_found" | grep -e '^process' -e ' missing$' -e ' differs$')
  case $pn_wrong in
  *' missing'* | *' differs'*)
    if [ "$pn_wrong" = "$gu_wrong" ]; then say "$pn_found" | place "$gu_unit/proof"; fi
    ;;
  ?*) say "$pn_found" | place "$gu_unit/proof" ;;
  esac
  gu_wrong=$pn_wrong
}

# The first line of each value, as it was pushed.
pushed_values() (
  # shellcheck disable=SC1091 # written by the controller
  . "${gu_unit%/*}/env" || exit 1
  for pv_name in $pn_names; do
    eval "say \"$pv_name=\$$pv_name\"" | head -n 1
  done
)

note_halt() { say "$(uptime_seconds) $*" >>"$gu_unit/halt-progress"; }

forced() { grep -qsx force "$gu_unit/halt"; }

# wait_gone SECONDS: true as soon as no process of the run lives; false when the time is over, or at once when force is asked for.
wait_gone() {
  wg_until=$(($(uptime_seconds) + $1))
  while [ -n "$(members "$gu_run")" ]; do
    if [ "$(uptime_seconds)" -ge "$wg_until" ]; then return 1; fi
    if [ "$gu_halted" = '' ] && forced; then return 1; fi
    pause
  done
}

# Asked first, then forced, then proved gone. Each move is told in halt-progress; "gone" comes last, after a look. Where something stays,
# it is told once, and killed again at every later look.
carry_out_halt() {
  [ "$gu_halted" != gone ] || return 0
  if [ "$gu_halted" = '' ]; then
    ask_to_stop
    read -r ch_moves <"$gu_unit/moves"
    for ch_move in $ch_moves; do
      if forced || [ -z "$(members "$gu_run")" ]; then break; fi
      case $ch_move in
      wait:*) wait_gone "${ch_move#wait:}" ;;
      *)
        note_halt signal "$ch_move"
        send_signal "$gu_run" "$ch_move"
        ;;
      esac
    done
    [ -z "$(members "$gu_run")" ] || note_halt signal KILL
  fi
  ch_before=$gu_halted gu_halted=kill
  for _ in 1 2 3 4 5; do
    [ -n "$(members "$gu_run")" ] || break
    send_signal "$gu_run" KILL
    wait_gone 1 && break
  done
  gu_halted=$(members "$gu_run" | tr '\n' ';')
  if [ -z "$gu_halted" ]; then
    gu_halted=gone
    note_halt gone
  elif [ "$gu_halted" != "$ch_before" ]; then
    note_halt survivors "$gu_halted"
  fi
}

ask_to_stop() {
  as_sentinel=$(cat "$gu_unit/sentinel") as_grace=$(sed -n 's/^grace //p' "$gu_unit/halt")
  if [ -z "$as_sentinel" ] || forced || [ -z "$(members "$gu_run")" ]; then return 0; fi
  if (enter "$(cat "$gu_unit/workdir")" && sed -n 's/^reason /halt: /p' "$gu_unit/halt" >"$as_sentinel") 2>/dev/null; then
    note_halt sentinel "$as_sentinel"
    wait_gone "${as_grace:-$(cat "$gu_unit/grace")}" && note_halt acknowledged
  else
    note_halt sentinel-failed "$as_sentinel"
  fi
}

# request_halt RUN TOKEN GRACE FORCE REASON: leaves the wish in every unit that has not ended, and sees to it that each has a guard.
request_halt() {
  fence "$1" "$2"
  for rq_unit in "$FLEET_DIR/runs/$1"/a*/w*/*/; do
    rq_unit=${rq_unit%/}
    if [ ! -f "$rq_unit/owner" ] || [ -s "$rq_unit/exit" ]; then continue; fi
    {
      say reason "$5"
      [ -z "$3" ] || say grace "$3"
      [ "$4" != 1 ] || say force
    } | place "$rq_unit/halt" || cannot_write "$rq_unit/halt"
    file_lives "$rq_unit/guard" || leave_running sh "$FLEET_SCRIPT" guard "$FLEET_DIR" "$rq_unit"
    say halting "${rq_unit##*/}"
  done
  say asked
}
