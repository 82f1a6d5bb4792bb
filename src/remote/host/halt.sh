halt_is_wanted() {
  [ ! -s "$gu_unit/halt" ] || gu_wish=$(cat "$gu_unit/halt")
  [ -n "$gu_wish" ]
}

forced() {
  halt_is_wanted
  say "$gu_wish" | grep -qx force
}

# Sets gu_scope: empty for all of the run, or this unit, when no more than that may be stopped. So it is for its own rules, for a wish that
# says so, and once there is a newer attempt, which is for its own guard to stop.
find_scope() {
  gu_scope=''
  if say "$gu_wish" | grep -qx 'only this unit' || [ "$(newest_attempt "$gu_run" "$gu_worker" job)" -gt "$gu_attempt" ]; then
    gu_scope=${gu_unit#"$FLEET_DIR/runs/$gu_run/"}
  fi
}

none_left() {
  find_scope
  nobody_left "$gu_run" "$gu_scope"
}

# An attempt that is begun after the look is not in it, and one that was begun before narrows the scope: whoever calls this looks again.
stop_by() {
  find_scope
  sb_scope=$gu_scope sb_found=$(members "$gu_run" "$gu_scope")
  find_scope
  [ "$gu_scope" != "$sb_scope" ] || send_signal "$gu_run" "$1" "$gu_scope" "$gu_attempt" "$sb_found"
}

note_halt() {
  read_uptime
  say "$uptime $*" >>"$gu_unit/halt-progress"
}

# wait_gone SECONDS: true as soon as no process of the run lives; false when the time is over, or at once when force is asked for.
wait_gone() {
  read_uptime
  wg_until=$((uptime + $1))
  until none_left; do
    read_uptime
    if [ "$uptime" -ge "$wg_until" ]; then return 1; fi
    if [ "$gu_halted" = '' ] && forced; then return 1; fi
    pause
  done
}

# Asked first, then forced, then proved gone. Each move is told in halt-progress; "gone" comes last, after a look. Where something stays,
# it is told once, and killed again at every later look.
carry_out_halt() {
  [ "$gu_halted" != gone ] || return 0
  [ -n "$gu_halted" ] || ask_first
  co_before=$gu_halted gu_halted=killed
  for _ in 1 2 3 4 5; do
    if none_left; then
      gu_halted=gone
      note_halt gone
      return 0
    fi
    stop_by KILL
    wait_gone 1
  done
  gu_halted=$(members "$gu_run" "$gu_scope" | while read -r co_pid co_state _; do printf '%s %s;' "$co_pid" "$co_state"; done)
  if [ -n "$gu_halted" ] && [ "$gu_halted" != "$co_before" ]; then note_halt survivors "$gu_halted"; fi
  : "${gu_halted:=killed}"
}

# The sentinel and the moves, up to the last one, which is always KILL.
ask_first() {
  leave_sentinel
  read -r af_moves <"$gu_unit/moves"
  for af_move in $af_moves; do
    if [ "$af_move" = KILL ] || forced || none_left; then break; fi
    case $af_move in
    wait:*) wait_gone "${af_move#wait:}" ;;
    *)
      note_halt signal "$af_move"
      stop_by "$af_move"
      ;;
    esac
  done
  none_left || note_halt signal KILL
}

leave_sentinel() {
  ls_grace=$(say "$gu_wish" | sed -n 's/^grace //p')
  read_author_path "$(cat "$gu_unit/sentinel")"
  ls_sentinel=$author_path
  if [ -z "$ls_sentinel" ] || forced || none_left; then return 0; fi
  if (enter "$(cat "$gu_unit/workdir")" && say "$gu_wish" | sed -n 's/^reason /halt: /p' >"$ls_sentinel") 2>/dev/null; then
    note_halt sentinel "$ls_sentinel"
    wait_gone "${ls_grace:-$(cat "$gu_unit/grace")}" && note_halt acknowledged
  else
    note_halt sentinel-failed "$ls_sentinel"
  fi
}

# request_halt RUN TOKEN GRACE FORCE REASON ATTEMPT: leaves the wish in every unit of this machine that has not ended, and sees to it that each has
# a guard; where all have ended and left processes, in one of them. A full disk does not keep it from being carried out.
request_halt() {
  admit "$1" "$2"
  mkdir -p "$FLEET_DIR/runs/$1/fence/$2/halt${6:+/a$6}" 2>/dev/null
  ask_units "$1" "$3" "$4" "$5"
}

# stop_leftovers RUN TOKEN REASON: the same for what the attempts so far have left. The run goes on: the token is not marked.
stop_leftovers() {
  fence "$1" "$2"
  ask_units "$1" '' 0 "$3"
}

# stop_unit RUN TOKEN ATTEMPT WORKER UNIT REASON GRACE: the same for one unit, and nothing else of the run.
stop_unit() {
  fence "$1" "$2"
  su_unit=$FLEET_DIR/runs/$1/a$3/w$4/$5
  if [ -f "$su_unit/owner" ] && [ ! -s "$su_unit/exit" ] && started_on_this_machine "$su_unit"; then
    leave_wish "$su_unit" "$7" 0 "$6" 'only this unit'
  fi
  say asked
}

# ask_units RUN GRACE FORCE REASON
ask_units() {
  rq_ended='' rq_found=no
  for rq_unit in "$FLEET_DIR/runs/$1"/a*/w*/*/; do
    rq_unit=${rq_unit%/}
    if [ ! -f "$rq_unit/owner" ] || ! started_on_this_machine "$rq_unit"; then continue; fi
    if [ -s "$rq_unit/exit" ]; then
      if [ -z "$rq_ended" ] || [ -s "$rq_unit/sentinel" ]; then rq_ended=$rq_unit; fi
    else
      rq_found=yes
      leave_wish "$rq_unit" "$2" "$3" "$4"
    fi
  done
  if [ "$rq_found" = no ] && [ -n "$rq_ended" ] && ! nobody_left "$1"; then leave_wish "$rq_ended" "$2" "$3" "$4"; fi
  say asked
}

# leave_wish UNIT GRACE FORCE REASON [LINE]. Force, once asked for, stays.
leave_wish() {
  lw_wish="reason $4${5:+$newline$5}"
  [ -z "$2" ] || lw_wish="$lw_wish${newline}grace $2"
  if [ "$3" = 1 ] || grep -qsx force "$1/halt"; then lw_wish="$lw_wish${newline}force"; fi
  if ! put "$1/halt" "$lw_wish"; then
    leave_running sh "$FLEET_SCRIPT" guard "$FLEET_DIR" "$1" "$lw_wish"
  elif ! unit_lives "$1" guard; then
    leave_running sh "$FLEET_SCRIPT" guard "$FLEET_DIR" "$1"
  fi
  say halting "${1##*/}"
}

# take_sentinel RUN TOKEN ATTEMPT WORKER: removes the halt file that the guard of that attempt has made: "sentinel none" or "sentinel removed";
# "sentinel foreign" when there is one that somebody else has made.
take_sentinel() {
  fence "$1" "$2"
  ts_unit=$FLEET_DIR/runs/$1/a$3/w$4/job ts_found=none
  read_author_path "$(cat "$ts_unit/sentinel" 2>/dev/null)"
  ts_made=no
  if grep -qs '^[0-9]* sentinel ' "$ts_unit/halt-progress"; then ts_made=yes; fi
  if [ -n "$author_path" ]; then
    ts_file=$author_path
    if enter "$(cat "$ts_unit/workdir")" 2>/dev/null && [ -e "$ts_file" ]; then
      if [ "$ts_made" = no ]; then ts_found=foreign
      elif rm -f -- "$ts_file"; then ts_found=removed
      else cannot_write "$ts_file"; fi
    elif [ "$ts_made" = yes ]; then ts_found=removed; fi
  fi
  say sentinel "$ts_found"
}
