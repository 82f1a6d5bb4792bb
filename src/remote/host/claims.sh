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

# A claim is of the whole machine, or of the accelerators that its last line names by their indices ("0 1"). It stands until one with a higher
# number has some of the same.

# Sets machine_claims to the folder of this machine's claims, claim_numbers to their numbers, and newest_claim to the highest.
find_claims() {
  know_here
  fc_rest=${here#* }
  fc_machine=${here%% *}_${fc_rest%% *}
  case $fc_machine in *[!A-Za-z0-9._-]*) fc_machine=$(printf '%s' "$fc_machine" | tr -c 'A-Za-z0-9._-' '_') ;; esac
  machine_claims=$FLEET_DIR/claims/$fc_machine
  newest_claim=0 claim_numbers=''
  for fc_file in "$machine_claims"/*; do
    fc_number=${fc_file##*/}
    case $fc_number in *[!0-9]*) continue ;; esac
    claim_numbers="$claim_numbers $fc_number"
    if [ "$fc_number" -gt "$newest_claim" ]; then newest_claim=$fc_number; fi
  done
}

# Sets claim_number to $1, and claim_run claim_owner claim_incarnation claim_cards to what that claim says: nothing, where it is gone or empty.
open_claim() {
  claim_number=$1 claim_run='' claim_owner='' claim_incarnation='' claim_cards=''
  { read -r claim_run && read -r claim_owner && read -r claim_incarnation && read -r claim_cards; } 2>/dev/null <"$machine_claims/$1"
}

# share_cards CARDS CARDS: no cards are all of them.
share_cards() {
  if [ -z "$1" ] || [ -z "$2" ]; then return 0; fi
  for sc_card in $1; do
    case " $2 " in *" $sc_card "*) return 0 ;; esac
  done
  return 1
}

# Does the claim that was opened stand?
claim_stands() {
  for cs_number in $claim_numbers; do
    [ "$cs_number" -gt "$claim_number" ] || continue
    cs_run='' cs_cards=''
    { read -r cs_run && read -r _ && read -r _ && read -r cs_cards; } 2>/dev/null <"$machine_claims/$cs_number"
    if [ -n "$cs_run" ] && share_cards "$claim_cards" "$cs_cards"; then return 1; fi
  done
}

# read_claim RUN: opens the claim of that run that stands on this machine. Without one, claim_number is 0, and the rest is empty.
read_claim() {
  find_claims
  for rc_number in $claim_numbers; do
    open_claim "$rc_number"
    if [ "$claim_run" = "$1" ] && claim_stands; then return 0; fi
  done
  open_claim 0
}

# Writes that the owner of claim $1 has just spoken.
beat_claim() {
  read_uptime
  put "$machine_claims/$1.beat" "$uptime"
}

# Is the claim that was opened good? While its run has a process here, or its controller has spoken within two minutes, in this incarnation. One
# that was given back has no beat.
claim_holds() {
  if [ -z "$claim_run" ] || [ "$claim_incarnation" != "$here" ]; then return 1; fi
  if { read -r ch_beat <"$machine_claims/$claim_number.beat"; } 2>/dev/null; then
    read_uptime
    [ $((uptime - ch_beat)) -ge 120 ] || return 0
  fi
  [ -n "$(members "$claim_run")" ]
}

# another_holds RUN CARDS: opens a good claim of another run that has some of these accelerators, if there is one.
another_holds() {
  for ah_number in $claim_numbers; do
    open_claim "$ah_number"
    if [ "$claim_run" != "$1" ] && share_cards "$claim_cards" "$2" && claim_stands && claim_holds; then return 0; fi
  done
  return 1
}

# claim_host RUN TOKEN OWNER [CARDS]: takes this machine, or these accelerators of it, for the run, or says which run has it. A claim is made whole and then
# linked to the next number, which fails when somebody else was faster, whatever that one has claimed: of several that see the same claims, one follows them.
claim_host() {
  fence "$1" "$2"
  ch_cards=${4-}
  for _ in 1 2 3 4 5; do
    read_claim "$1"
    (umask 077 && mkdir -p "$machine_claims") 2>/dev/null || cannot_write "$machine_claims"
    if [ "$claim_incarnation" = "$here" ]; then
      beat_claim "$claim_number" || cannot_write "$machine_claims"
      say claimed "$machine_claims/$claim_number"
      return 0
    fi
    if another_holds "$1" "$ch_cards"; then
      say busy "$claim_run" "$claim_owner"
      return 0
    fi
    read_unique_word
    ch_next=$((newest_claim + 1)) ch_new=$machine_claims/new.$unique_word
    beat_claim "$ch_next" || cannot_write "$machine_claims"
    printf '%s\n' "$1" "$3" "$here" ${ch_cards:+"$ch_cards"} | place "$ch_new" || cannot_write "$ch_new"
    if claim_name "$machine_claims/$ch_next" "$ch_new"; then
      forget_claims "$ch_cards"
      say claimed "$machine_claims/$ch_next"
      return 0
    fi
    [ -e "$machine_claims/$ch_next" ] || cannot_write "$machine_claims/$ch_next"
  done
  say busy unknown unknown
}

# forget_claims CARDS: removes those that do not stand any more, after a claim of these accelerators.
forget_claims() {
  for fo_number in $claim_numbers; do
    open_claim "$fo_number"
    ! share_cards "$claim_cards" "$1" || rm -f "$machine_claims/$fo_number" "$machine_claims/$fo_number.beat"
  done
}

# release_host RUN TOKEN: gives the machine back, if this run has it. Without a beat, and without processes, a claim does not hold.
release_host() {
  fence "$1" "$2"
  read_claim "$1"
  [ "$claim_number" = 0 ] || rm -f "$machine_claims/$claim_number.beat"
  say released
}

# beat RUN: the controller of the run that holds the machine is still there.
beat() {
  read_claim "$1"
  [ ! -f "$machine_claims/$claim_number.beat" ] || beat_claim "$claim_number"
}

# list_holders: "held RUN SECONDS OWNER" for each claim that stands in this incarnation: how long ago its controller has spoken.
list_holders() {
  find_claims
  for lh_number in $claim_numbers; do
    open_claim "$lh_number"
    if [ -n "$claim_run" ] && [ "$claim_incarnation" = "$here" ] && claim_stands && { read -r lh_beat <"$machine_claims/$lh_number.beat"; } 2>/dev/null; then
      read_uptime
      say held "$claim_run" $((uptime - lh_beat)) "$claim_owner"
    fi
  done
}

# is_neighbour CARDS RUN: does that run have other accelerators of this machine than these? Nobody is a neighbour of whoever has all.
is_neighbour() {
  [ -n "$1" ] || return 1
  read_claim "$2"
  [ "$claim_incarnation" = "$here" ] && ! share_cards "$claim_cards" "$1"
}
