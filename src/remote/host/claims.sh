# admit RUN TOKEN: goes on only while no newer controller has been here. Fails when that cannot be written down.
admit() {
  ad_dir=$FLEET_DIR/runs/$1/fence ad_kept=0
  [ -d "$ad_dir/$2" ] || (umask 077 && mkdir -p "$ad_dir/$2") 2>/dev/null || ad_kept=1
  for ad_seen in "$ad_dir"/*; do
    ad_seen=${ad_seen##*/}
    if [ "$ad_seen" -gt "$2" ] 2>/dev/null; then
      say fenced "$ad_seen"
      exit 91
    fi
  done
  return "$ad_kept"
}

fence() { admit "$1" "$2" || cannot_write "$ad_dir"; }

# Sets machine_claims to the folder of this machine's claims, newest_claim to its number, and claim_run claim_owner claim_incarnation to what it says.
read_claim() {
  know_here
  rc_rest=${here#* }
  rc_machine=${here%% *}_${rc_rest%% *}
  case $rc_machine in *[!A-Za-z0-9._-]*) rc_machine=$(printf '%s' "$rc_machine" | tr -c 'A-Za-z0-9._-' '_') ;; esac
  machine_claims=$FLEET_DIR/claims/$rc_machine
  newest_claim=0 claim_run='' claim_owner='' claim_incarnation=''
  for rc_file in "$machine_claims"/*; do
    rc_number=${rc_file##*/}
    if [ "$rc_number" -gt "$newest_claim" ] 2>/dev/null; then newest_claim=$rc_number; fi
  done
  { read -r claim_run && read -r claim_owner && read -r claim_incarnation; } 2>/dev/null <"$machine_claims/$newest_claim"
}

# Writes that the owner of claim $1 has just spoken.
beat_claim() {
  read_uptime
  put "$machine_claims/$1.beat" "$uptime"
}

# Is the newest claim good? While its run has a process here, or its controller has spoken within two minutes, in this incarnation. One
# that was given back has no beat.
claim_holds() {
  if [ -z "$claim_run" ] || [ "$claim_incarnation" != "$here" ]; then return 1; fi
  if { read -r ch_beat <"$machine_claims/$newest_claim.beat"; } 2>/dev/null; then
    read_uptime
    [ $((uptime - ch_beat)) -ge 120 ] || return 0
  fi
  [ -n "$(members "$claim_run")" ]
}

# claim_host RUN TOKEN OWNER: takes this machine for the run, or says which run has it. A claim is made whole and then linked to the next
# number, which fails when somebody else was faster: of several that see the same old claim, one follows it.
claim_host() {
  fence "$1" "$2"
  for _ in 1 2 3 4 5; do
    read_claim
    (umask 077 && mkdir -p "$machine_claims") 2>/dev/null || cannot_write "$machine_claims"
    if [ "$claim_run" = "$1" ] && [ "$claim_incarnation" = "$here" ]; then
      beat_claim "$newest_claim" || cannot_write "$machine_claims"
      say claimed "$machine_claims/$newest_claim"
      return 0
    fi
    if [ "$claim_run" != "$1" ] && claim_holds; then
      say busy "$claim_run" "$claim_owner"
      return 0
    fi
    read_unique_word
    ch_next=$((newest_claim + 1)) ch_new=$machine_claims/new.$unique_word
    beat_claim "$ch_next" || cannot_write "$machine_claims"
    printf '%s\n' "$1" "$3" "$here" | place "$ch_new" || cannot_write "$ch_new"
    if claim_name "$machine_claims/$ch_next" "$ch_new"; then
      rm -f "$machine_claims/$newest_claim" "$machine_claims/$newest_claim.beat"
      say claimed "$machine_claims/$ch_next"
      return 0
    fi
    [ -e "$machine_claims/$ch_next" ] || cannot_write "$machine_claims/$ch_next"
  done
  say busy unknown unknown
}

# release_host RUN TOKEN: gives the machine back, if this run has it. Without a beat, and without processes, a claim does not hold.
release_host() {
  fence "$1" "$2"
  read_claim
  [ "$claim_run" != "$1" ] || rm -f "$machine_claims/$newest_claim.beat"
  say released
}

# beat RUN: the controller of the run that holds the machine is still there.
beat() {
  read_claim
  [ "$claim_run" != "$1" ] || [ ! -f "$machine_claims/$newest_claim.beat" ] || beat_claim "$newest_claim"
}
