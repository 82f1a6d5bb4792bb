# put_env RUN TOKEN ATTEMPT WORKER FILE: keeps standard input as the environment of the attempt ("env"), or of the one that the guard may
# make after it ("env-next"); an existing one stays.
put_env() {
  fence "$1" "$2"
  pe_dir=$FLEET_DIR/runs/$1/a$3/w$4
  (umask 077 && mkdir -p "$pe_dir") 2>/dev/null || cannot_write "$pe_dir"
  [ -f "$pe_dir/$5" ] || place "$pe_dir/$5" || cannot_write "$pe_dir/$5"
  say kept
}

# start RUN TOKEN ATTEMPT WORKER UNIT: claims the unit and leaves its wrapper running; for a unit that is claimed already it only
# tells the state, so that it can be asked again when the answer was lost. The unit's files come in the variables unit_script,
# unit_workdir, unit_log (empty: files of its own), unit_limit (seconds, or empty), unit_sentinel, unit_grace, unit_moves, unit_prove, unit_stall, unit_disk,
# unit_sample, unit_sample_every, unit_sample_beside, unit_profile, unit_next, unit_needs_env, unit_needs_claim.
start() {
  fence "$1" "$2"
  sa_dir=$FLEET_DIR/runs/$1/a$3/w$4 sa_unit=$FLEET_DIR/runs/$1/a$3/w$4/$5
  if [ "$(session_tool)" = none ]; then
    say no-session-tool
    return 0
  fi
  (umask 077 && mkdir -p "$sa_dir") 2>/dev/null || cannot_write "$sa_dir"
  if [ ! -e "$sa_unit/claim" ]; then
    # shellcheck disable=SC2154 # one of the variables above
    if [ "$unit_needs_env" = 1 ] && [ ! -f "$sa_dir/env" ]; then
      say env-missing
      return 0
    fi
    # Whoever was away for too long may find that the machine is another's by now.
    read_claim "$1"
    # shellcheck disable=SC2154 # one of the variables above
    if [ "$unit_needs_claim" = 1 ] && [ "$claim_incarnation" != "$here" ]; then
      say claim-lost
      return 0
    fi
    # Some servers hang up on what a lost connection had asked for, and a claim without a process is for a person to settle.
    trap '' HUP
    if claim_unit; then
      if ! write_unit "$@"; then
        rm -rf "$sa_unit"
        cannot_write "$sa_unit"
      fi
      # What is left running would keep ignoring it for ever. One that comes now ends it before it has a session of its own, or not at all.
      trap : HUP
      if ! leave_running sh "$FLEET_SCRIPT" wrap "$FLEET_DIR" "$sa_unit"; then
        rm -rf "$sa_unit"
        say cannot-start
        exit 93
      fi
    fi
    trap - HUP
  fi
  # Whoever claimed it, the answer waits for the process.
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
    if [ -s "$sa_unit/pid" ] || [ -s "$sa_unit/exit" ] || [ ! -d "$sa_unit" ]; then break; fi
    pause
  done
  unit_state "$sa_unit"
}

# May this very shell begin unit sa_unit? The folder says nothing yet: one that died before its claim has begun nothing.
claim_unit() {
  know_here
  read_unique_word
  cu_new=$sa_unit/new.$unique_word
  if ! (umask 077 && mkdir -p "$sa_unit") 2>/dev/null || ! record_self "$cu_new" || ! say "$here" >>"$cu_new"; then
    rm -f "$cu_new"
    rmdir "$sa_unit" 2>/dev/null
    cannot_write "$sa_unit"
  fi
  claim_name "$sa_unit/claim" "$cu_new" && return 0
  [ -e "$sa_unit/claim" ] || cannot_write "$sa_unit/claim"
  return 1
}

# Nobody reads what stands between "incarnation" and "owner" before that is there.
# shellcheck disable=SC2154 # the variables of start
write_unit() {
  read_uptime
  put "$sa_unit/incarnation" "$here" && (
    umask 077
    say "$uptime" >"$sa_unit/began" &&
      printf '%s' "$unit_script" >"$sa_unit/script" &&
      say "$unit_workdir" >"$sa_unit/workdir" &&
      say "$unit_log" >"$sa_unit/log" &&
      say "$unit_limit" >"$sa_unit/limit" &&
      printf '%s' "$unit_sentinel" >"$sa_unit/sentinel" &&
      say "$unit_grace" >"$sa_unit/grace" &&
      say "$unit_moves" >"$sa_unit/moves" &&
      printf '%s' "$unit_prove" >"$sa_unit/prove" &&
      printf '%s' "$unit_stall" >"$sa_unit/stall" &&
      printf '%s' "$unit_disk" >"$sa_unit/disk" &&
      printf '%s' "$unit_sample" >"$sa_unit/sample" &&
      say "$unit_sample_every" >"$sa_unit/sample-every" &&
      say "$unit_sample_beside" >"$sa_unit/sample-beside" &&
      say "$unit_profile" >"$sa_unit/profile" &&
      { [ -z "$unit_next" ] || printf '%s' "$unit_next" >"$sa_unit/next"; } &&
      note_stall_start "$sa_unit"
  ) 2>/dev/null && put "$sa_unit/owner" "$1 $3 $4 $2"
}

# state RUN ATTEMPT WORKER UNIT: for whoever only wants to know.
state() { unit_state "$FLEET_DIR/runs/$1/a$2/w$3/$4"; }

# watch RUN TOKEN ATTEMPT WORKER UNIT: the same for the controller that drives the run. It shuts out those before it, and the machine stays
# claimed while it comes back.
watch() {
  admit "$1" "$2"
  beat "$1"
  keep_guard "$FLEET_DIR/runs/$1/a$3/w$4/$5"
  say newest-attempt "$(newest_attempt "$1" "$4" "$5")"
  unit_state "$FLEET_DIR/runs/$1/a$3/w$4/$5"
}

# newest_attempt RUN WORKER UNIT: the highest attempt whose unit is claimed, whoever made it; 0 when there is none. WORKER "any": of any.
newest_attempt() {
  na_newest=0
  for na_claim in "$FLEET_DIR/runs/$1"/a*/w*/"$3/claim"; do
    case $2:$na_claim in any:* | *:*"/w$2/$3/claim") ;; *) continue ;; esac
    na_attempt=${na_claim#"$FLEET_DIR/runs/$1"/a}
    na_attempt=${na_attempt%%/*}
    if [ -e "$na_claim" ] && [ "$na_attempt" -gt "$na_newest" ] 2>/dev/null; then na_newest=$na_attempt; fi
  done
  say "$na_newest"
}

unit_state() {
  read_uptime
  say uptime "$uptime"
  know_here
  say incarnation "$here"
  if hides_processes; then say hides-processes yes; else say hides-processes no; fi
  if [ ! -e "$1/claim" ]; then
    say state absent
    return 0
  fi
  if read_started_on "$1"; then say started-on "$started_on"; fi
  # Without a process, look again: one may come between two of the looks that make one word, and a folder is there before its files.
  for _ in 1 2 3 4 5; do
    find_unit_word "$1"
    case $unit_word in gone | claimed) pause ;; *) break ;; esac
  done
  say_lines pid "$1/pid"
  say_lines log-start "$1/log-start"
  say_lines verdict "$1/verdict"
  say_lines proof "$1/proof"
  say_lines halt "$1/halt-progress"
  say_lines error "$1/error"
  say_lines profile "$1/profile"
  say_lines because "$1/because"
  say_lines checkpoint "$1/checkpoint"
  say_lines starts "$1/starts"
  if [ -s "$1/exit" ]; then
    us_cause=$(fallback_cause "$1")
    [ -z "$us_cause" ] || say falls-back "$us_cause"
  fi
  say_lines began "$1/began"
  say_lines ended "$1/ended"
  say_lines exit "$1/exit"
  say state "$unit_word"
}

# Does /proc hide the processes of other users (hidepid)? Then one that is not seen may live all the same.
hides_processes() { [ ! -r /proc/1/stat ]; }

say_lines() {
  [ -s "$2" ] || return 0
  while IFS= read -r sl_line; do say "$1" "$sl_line"; done <"$2"
}

# Sets unit_word to what unit $1 is doing. The exit file is looked at last: what was alive a moment ago may have ended by now, never the
# other way round.
find_unit_word() {
  unit_word=gone
  if unit_lives "$1" pid; then unit_word=running
  elif unit_lives "$1" wrapper; then
    if [ -s "$1/pid" ]; then unit_word=ending; else unit_word=starting; fi
  elif [ ! -s "$1/wrapper" ]; then
    if unit_lives "$1" claim || wrapper_is_coming "$1"; then unit_word=starting; else unit_word=claimed; fi
  fi
  [ ! -s "$1/exit" ] || unit_word=exited
}

# Is there a wrapper for unit $1 that has not written its pid yet, or cannot?
wrapper_is_coming() {
  started_here "$1" || return 1
  wc_found=$(may_hold cmdline "$1" | while read -r wc_pid; do
    case $(command_line "$wc_pid") in *" wrap "*"$1 ") say "$wc_pid" ;; esac
  done)
  [ -n "$wc_found" ]
}
