# The guard's own rules. What they remember lies in variables: they hold on a full disk too.

# Sets unit_file to path $2 as an author writes it for unit $1: relative to its workdir.
find_unit_file() {
  read_author_path "$2"
  unit_file=$author_path
  case $unit_file in /*) return 0 ;; esac
  read_author_path "$(cat "$1/workdir")"
  case $author_path in
  /*) unit_file=$author_path/$unit_file ;;
  *) unit_file=$HOME/$author_path/$unit_file ;;
  esac
}

# stop_for VERDICT REASON: the guard's own wish to stop. The first verdict stays.
stop_for() {
  gu_verdict=$1 gu_wish="reason $2${newline}only this unit"
  keep_verdict
  put "$gu_unit/halt" "$gu_wish"
}

# Written again and again until the disk has room for it: the outcome depends on it.
keep_verdict() {
  if [ -n "$gu_verdict" ] && [ ! -s "$gu_unit/verdict" ]; then put "$gu_unit/verdict" "$gu_verdict"; fi
}

keep_time_limit() {
  if [ -z "$gu_limit" ] || halt_is_wanted || [ $((uptime - gu_begin)) -lt "$gu_limit" ]; then return 0; fi
  stop_for "time-limit $gu_limit" "past the time limit of $gu_limit s"
}

# Each of them seldom: they read files and ask tools.
keep_rules() {
  if [ "$uptime" -lt "$gu_rules_at" ] || halt_is_wanted; then return 0; fi
  gu_rules_at=$((uptime + 2))
  keep_stall_rule
  halt_is_wanted || keep_disk_floor
  halt_is_wanted || sample_when_due
}

# The file "stall" holds: the path, the text, the seconds without a new line that has it, and those before the first one. "stall-start": how
# long which file was before the job began.
read_rules() {
  gu_rules_at=0 gu_verdict='' gu_stall='' ru_path='' ru_floor='' ru_low='' ru_asked=''
  { IFS= read -r ru_path && IFS= read -r ru_text && read -r ru_limit && read -r ru_first; } 2>/dev/null <"$gu_unit/stall"
  { IFS= read -r ru_disk && read -r ru_floor; } 2>/dev/null <"$gu_unit/disk"
  ru_disk_at=0 gu_sample_at=0 gu_hung_at=0
}

# note_stall_start UNIT: lines of an older run in the file are not this job's.
note_stall_start() {
  { IFS= read -r ns_path <"$1/stall"; } 2>/dev/null || return 0
  find_unit_file "$1" "$ns_path"
  if ! file_facts "$unit_file"; then fi_size=0 fi_inode=none; fi
  say "$fi_size" "$fi_inode" >"$1/stall-start"
}

# A file may hang with its disk: it is watched by a process of its own, whose exit status says what it found.
keep_stall_rule() {
  [ -n "$ru_path" ] || return 0
  if [ -n "$gu_stall" ]; then
    if lives "$gu_stall" "$gu_stall_start"; then return 0; fi
    wait "$gu_stall"
    ks_found=$? gu_stall=''
    case $ks_found in
    10) stop_for "stall $ru_limit" "no new line with \"$ru_text\" in $ru_path for $ru_limit s" ;;
    11) stop_for "stall $ru_first first-line" "no line with \"$ru_text\" in $ru_path within $ru_first s" ;;
    esac
    halt_is_wanted && return 0
  fi
  watch_stall &
  gu_stall=$! gu_stall_start=''
  ! read_process "$gu_stall" || gu_stall_start=$st_start
}

end_stall_watch() { if [ -n "$gu_stall" ] && lives "$gu_stall" "$gu_stall_start"; then kill "$gu_stall" 2>/dev/null; fi; }

# Ends with 10 when no new line has come for too long, with 11 when the first one has not. Leaves with its guard: the next one has its own.
watch_stall() {
  find_unit_file "$gu_unit" "$ru_path"
  { read -r ws_size ws_inode <"$gu_unit/stall-start"; } 2>/dev/null || ws_size=0 ws_inode=none
  ws_overlap=$(($(printf '%s' "$ru_text" | wc -c) - 1))
  ws_at=$gu_begin ws_most=$ru_first ws_status=11
  ws_every=$((ru_limit / 20))
  if [ "$ws_every" -lt 1 ]; then ws_every=1; elif [ "$ws_every" -gt 5 ]; then ws_every=5; fi
  read_uptime
  while [ -s "$gu_unit/guard" ] && file_lives "$gu_unit/guard" && [ "$fl_pid" = "$gu_pid" ]; do
    if new_line_came "$unit_file"; then ws_at=$uptime ws_most=$ru_limit ws_status=10; fi
    [ $((uptime - ws_at)) -lt "$ws_most" ] || exit "$ws_status"
    ws_before=$uptime
    sleep "$ws_every"
    read_uptime
    # A machine that was asleep says nothing of the job.
    ws_asleep=$((uptime - ws_before - ws_every))
    if [ "$ws_asleep" -ge 10 ]; then ws_at=$((ws_at + ws_asleep)); fi
  done
}

# Has the text come in what is new of file $1? What was there before is read again as far as a text can reach that began in it. A file that was
# cut off or replaced is new from its beginning; a program that writes on at its old place in one that was cut off leaves NULs before it.
new_line_came() {
  if [ ! -f "$1" ] || ! file_facts "$1"; then return 1; fi
  if [ "$fi_inode" != "$ws_inode" ] || [ "$fi_size" -lt "$ws_size" ]; then ws_inode=$fi_inode ws_size=0; fi
  [ "$fi_size" -gt "$ws_size" ] || return 1
  nl_from=$((ws_size - ws_overlap))
  [ "$nl_from" -ge 0 ] || nl_from=0
  ws_size=$fi_size
  bytes_from "$1" "$nl_from" | head -c $((fi_size - nl_from)) | tr '\000' '\n' | LC_ALL=C grep -qF -e "$ru_text"
}

# The file "disk" holds the path and the floor in KiB. Below it in two looks: a look may hang with the disk, so it is a process of its own, and
# is not waited for. Its exit status says what it found.
keep_disk_floor() {
  if [ -z "$ru_floor" ] || [ "$uptime" -lt "$ru_disk_at" ]; then return 0; fi
  if [ -n "$ru_asked" ]; then
    if read_process "$ru_asked" && ! ended "$ru_asked"; then return 0; fi
    wait "$ru_asked"
    kd_found=$? ru_asked=''
    ru_disk_at=$((uptime + 5))
    if [ "$kd_found" -ne 1 ]; then ru_low=''
    elif [ -z "$ru_low" ]; then ru_low=once
    else stop_for "disk-floor $((ru_floor * 1024)) $ru_disk" "less than $ru_floor KiB free at $ru_disk"; fi
    return 0
  fi
  find_unit_file "$gu_unit" "$ru_disk"
  has_room "$unit_file" "$ru_floor" &
  ru_asked=$!
}

# Are $2 KiB free at path $1? 0: yes, 1: no, 2: not known.
has_room() {
  hr_free=$(df -P -k "$1" 2>/dev/null | tail -n 1 | sed 's/^.*[[:space:]]\([0-9][0-9]*\)[[:space:]]\{1,\}[0-9-]*%[[:space:]].*$/\1/')
  case $hr_free in '' | *[!0-9]*) return 2 ;; esac
  [ "$hr_free" -lt "$2" ] || return 0
  return 1
}

# A sample is taken by a process of its own, with time limits of its own. One that hangs all the same is told, and no second one joins it. A file
# that has grown large gets a tenth of the samples.
sample_when_due() {
  [ -s "$gu_unit/sample" ] || return 0
  read -r sw_every <"$gu_unit/sample-every"
  if unit_lives "$gu_unit" sampler; then
    [ "$uptime" -ge "$gu_hung_at" ] || return 0
    gu_hung_at=$((uptime + 600))
    keep_sample "$gu_unit" "$uptime" - hung
    return 0
  fi
  [ "$uptime" -ge "$gu_sample_at" ] || return 0
  # Often at first, when the memory fills.
  if [ $((uptime - gu_begin)) -lt 60 ] && [ "$sw_every" -gt 2 ]; then sw_every=2; fi
  if file_facts "$gu_unit/samples" && [ "$fi_size" -gt 67108864 ]; then sw_every=$((sw_every * 10)); fi
  gu_sample_at=$((uptime + sw_every)) gu_hung_at=$((uptime + 60))
  leave_running sh "$FLEET_SCRIPT" sample "$FLEET_DIR" "$gu_unit"
}

# sample DIR UNIT: the process that takes one. Beside it stands how long the file of the training's steps was.
sample() {
  cd /
  record_self "$2/sampler" || return 1
  read_uptime
  sm_bytes=-
  { IFS= read -r sm_path <"$2/sample-beside"; } 2>/dev/null
  if [ -n "$sm_path" ]; then
    find_unit_file "$2" "$sm_path"
    if file_facts "$unit_file"; then sm_bytes=$fi_size; fi
  fi
  keep_sample "$2" "$uptime" "$sm_bytes" "$(sh "$2/sample" </dev/null 2>/dev/null | head -c 65536)"
}

# keep_sample UNIT UPTIME BYTES TEXT: in one write. The empty line ends what a full disk has cut off.
keep_sample() { (umask 077 && printf '\nfleet-sample %s %s\n%s\nfleet-sample-end\n' "$2" "$3" "$4" >>"$1/samples") 2>/dev/null; }
