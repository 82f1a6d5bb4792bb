# A job in one profile may be followed by an attempt in another. The file "next" of its unit holds, in lines for the shell, the variables of
# "start" for that attempt, and besides: next_after (seconds), next_exits and next_texts (what the end of the job is known by),
# next_checkpoints (a pattern). Whoever gives "next" the name "next-begun" makes the attempt. Its environment lies beside as "env-next".

# fallback_cause UNIT: says by what its end is known, where "next" names it. One that was stopped, or was used wrongly, has no cause.
fallback_cause() (
  fc_next=$1/next
  [ -s "$fc_next" ] || fc_next=$1/next-begun
  if [ ! -s "$1/exit" ] || [ ! -s "$fc_next" ] || [ -s "$1/halt" ] || [ -s "$1/verdict" ] || [ -s "$1/error" ]; then exit 0; fi
  read -r fc_exit <"$1/exit"
  case $fc_exit in 0 | 2) exit 0 ;; esac
  next_exits='' next_texts=''
  # shellcheck disable=SC1090 # written by the controller
  . "$fc_next"
  for fc_status in $next_exits; do
    if [ "$fc_status" = "$fc_exit" ]; then
      say "exit $fc_exit"
      exit 0
    fi
  done
  [ -n "$next_texts" ] || exit 0
  find_unit_file "$1" "$(cat "$1/log")"
  file_facts "$unit_file" || exit 0
  fc_from=$(cat "$1/log-start")
  # What ends a program stands at the end of its log, and a look must not take for ever.
  if [ "$fi_size" -lt "$fc_from" ]; then fc_from=0; fi
  if [ $((fi_size - fc_from)) -gt 67108864 ]; then fc_from=$((fi_size - 67108864)); fi
  say "$next_texts" | while IFS= read -r fc_text; do
    if bytes_from "$unit_file" "$fc_from" | LC_ALL=C grep -qF -e "$fc_text"; then
      say "$fc_text"
      break
    fi
  done
)

# keep_next RUN TOKEN ATTEMPT WORKER: the controller makes the attempt after this one, or none is made: the guard leaves it alone.
keep_next() {
  fence "$1" "$2"
  mv "$FLEET_DIR/runs/$1/a$3/w$4/job/next" "$FLEET_DIR/runs/$1/a$3/w$4/job/next-begun" 2>/dev/null
  say kept
}

# fall_back: what the guard of a job that has ended does last. The environment of an attempt that it does not make is removed.
fall_back() {
  [ -s "$gu_unit/next" ] || return 0
  read -r gu_run gu_attempt gu_worker gu_token <"$gu_unit/owner"
  gu_next_unit=$FLEET_DIR/runs/$gu_run/a$((gu_attempt + 1))/w$gu_worker/job
  fb_cause=$(fallback_cause "$gu_unit")
  if [ -n "$fb_cause" ] && left_alone; then begin_next; fi
  another_guards || rm -f "${gu_unit%/*}/env-next"
}

# Waits until no controller has spoken for the seconds that "next" says. False when the attempt is not for this guard to make.
left_alone() {
  la_after=$(sed -n "s/^next_after='\([0-9]*\)'\$/\1/p" "$gu_unit/next")
  read_uptime
  la_spoke=$uptime la_own=none
  while may_fall_back && { read -r la_beat <"$machine_claims/$claim_number.beat"; } 2>/dev/null; do
    if [ "$la_beat" != "$la_own" ] && [ "$la_beat" -gt "$la_spoke" ]; then la_spoke=$la_beat; fi
    read_uptime
    [ $((uptime - la_spoke)) -lt "$la_after" ] || return 0
    # Nothing of the run lives now, and its claim would not hold for long.
    if [ $((uptime - la_beat)) -ge 30 ] && beat_claim "$claim_number"; then la_own=$uptime; fi
    sleep 0.5 2>/dev/null || sleep 1
  done
  return 1
}

# Is the next attempt still to be made, and for this guard to make? Sets what read_claim sets.
may_fall_back() {
  if [ ! -s "$gu_unit/next" ] || [ -e "$gu_next_unit/claim" ] || another_guards || stop_is_wanted; then return 1; fi
  read_claim "$gu_run"
  [ "$claim_incarnation" = "$here" ]
}

# Does anybody want no further attempt? A controller that asks for a halt says so in its token, and a person by the halt file.
stop_is_wanted() {
  if halt_is_wanted || halted_by_newer "$gu_run" $((gu_token - 1)); then return 0; fi
  sw_sentinel=$(cat "$gu_unit/sentinel")
  [ -n "$sw_sentinel" ] || return 1
  find_unit_file "$gu_unit" "$sw_sentinel"
  [ -e "$unit_file" ]
}

# begin_next: claims the next attempt and leaves its wrapper running. A halt looks for the owners of units after leaving its mark, and this
# looks for the mark after leaving the owner: one of them sees the other.
begin_next() {
  mv "$gu_unit/next" "$gu_unit/next-begun" 2>/dev/null || return 0
  next_checkpoints=''
  # shellcheck disable=SC1091 # written by the controller
  . "$gu_unit/next-begun"
  read_uptime
  if [ -n "$unit_limit" ]; then
    # It counts from when the job before began.
    unit_limit=$((unit_limit - uptime + gu_begin))
    [ "$unit_limit" -gt 0 ] || return 0
  fi
  bn_dir=${gu_next_unit%/*} bn_env=${gu_unit%/*}/env-next
  (umask 077 && mkdir -p "$bn_dir") 2>/dev/null || return 0
  # A checkpoint of an older run is not this run's.
  bn_checkpoint='' bn_since=$FLEET_DIR/runs/$gu_run/a1/w$gu_worker/job/began
  [ -e "$bn_since" ] || bn_since=$gu_unit/began
  [ -z "$next_checkpoints" ] || bn_checkpoint=$(newest_checkpoint "$unit_workdir" "$next_checkpoints" "$bn_since")
  if [ ! -f "$bn_dir/env" ]; then
    printf "export FLEET_CHECKPOINT='%s'\n" "$(say "$bn_checkpoint" | sed "s/'/'\\\\''/g")" >>"$bn_env" && mv "$bn_env" "$bn_dir/env" || return 0
  fi 2>/dev/null
  sa_unit=$gu_next_unit
  claim_unit || return 0
  if put "$sa_unit/workdir" "$unit_workdir" && note_ends "$sa_unit" | place "$sa_unit/starts" && put "$sa_unit/because" "$fb_cause" && put "$sa_unit/checkpoint" "$bn_checkpoint" &&
    write_unit "$gu_run" "$gu_token" $((gu_attempt + 1)) "$gu_worker" && ! stop_is_wanted &&
    leave_running sh "$FLEET_SCRIPT" wrap "$FLEET_DIR" "$sa_unit"; then
    return 0
  fi
  rm -rf "$sa_unit" "$bn_dir/env"
}

# note_ends UNIT: "SIZE INODE PATH" for each file that is read of the job: what comes after that is of the attempt that begins now.
note_ends() {
  # shellcheck disable=SC2154 # in what the controller has written
  say "$unit_files" | while IFS= read -r ne_path; do
    find_unit_file "$1" "$ne_path"
    if [ -n "$ne_path" ] && file_facts "$unit_file"; then say "$fi_size" "$fi_inode" "$ne_path"; fi
  done
}
