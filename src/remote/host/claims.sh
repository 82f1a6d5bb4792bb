# fence RUN TOKEN: goes on only while no newer controller has been here.
fence() {
  fe_dir=$FLEET_DIR/runs/$1/fence
  (umask 077 && mkdir -p "$fe_dir/$2") 2>/dev/null || cannot_write "$fe_dir"
  for fe_seen in "$fe_dir"/*; do
    fe_seen=${fe_seen##*/}
    if [ "$fe_seen" -gt "$2" ] 2>/dev/null; then
      say fenced "$fe_seen"
      exit 91
    fi
  done
}

# claim_host RUN TOKEN OWNER: takes this machine for the run, or says which run has it. A claim is believed while its run has a process
# here, or while its controller has spoken within two minutes of this host's own clock, in this incarnation.
claim_host() {
  fence "$1" "$2"
  ch_dir=$FLEET_DIR/claims ch_now=$(incarnation)
  ch_file=$ch_dir/$(machine_key)
  (umask 077 && mkdir -p "$ch_dir") 2>/dev/null || cannot_write "$ch_dir"
  for _ in 1 2 3 4 5; do
    if (umask 077 && set -C && printf '%s\n' "$1" "$3" "$ch_now" >"$ch_file") 2>/dev/null; then
      uptime_seconds | place "$ch_file.beat" || cannot_write "$ch_file.beat"
      say claimed "$ch_file"
      return 0
    fi
    [ -e "$ch_file" ] || cannot_write "$ch_file"
    ch_run='' ch_owner='' ch_then=''
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      { read -r ch_run && read -r ch_owner && read -r ch_then; } <"$ch_file" && break
      pause
    done 2>/dev/null
    if [ "$ch_run" = "$1" ]; then
      uptime_seconds | place "$ch_file.beat" || cannot_write "$ch_file.beat"
      say claimed "$ch_file"
      return 0
    fi
    if [ -n "$ch_run" ] && [ "$ch_then" = "$ch_now" ]; then
      ch_beat=0
      [ -s "$ch_file.beat" ] && read -r ch_beat <"$ch_file.beat"
      if [ $(($(uptime_seconds) - ch_beat)) -lt 120 ] || [ -n "$(members "$ch_run")" ]; then
        say busy "$ch_run" "$ch_owner"
        return 0
      fi
    fi
    mv -f "$ch_file" "$ch_file.stale.$$" 2>/dev/null && rm -f "$ch_file.stale.$$"
  done
  say busy unknown unknown
}

# release_host RUN TOKEN: gives the machine back, if this run has it.
release_host() {
  fence "$1" "$2"
  rh_file=$FLEET_DIR/claims/$(machine_key) rh_run=''
  [ -s "$rh_file" ] && read -r rh_run <"$rh_file"
  [ "$rh_run" != "$1" ] || rm -f "$rh_file" "$rh_file.beat"
  say released
}

# beat RUN: the controller of the run that holds the machine is still there.
beat() {
  be_file=$FLEET_DIR/claims/$(machine_key) be_run=''
  [ -s "$be_file" ] && read -r be_run <"$be_file"
  [ "$be_run" != "$1" ] || uptime_seconds | place "$be_file.beat"
}
