# keep_record RUN TOKEN: keeps standard input beside the units of the run: what a store that was lost is made of again.
keep_record() {
  fence "$1" "$2"
  place "$FLEET_DIR/runs/$1/record" || cannot_write "$FLEET_DIR/runs/$1/record"
  say kept
}

# list_records: "record RUN TOKEN ATTEMPT HALT" for every run of this folder that has one: the highest token, the newest attempt of the job (0:
# none), whether a halt was asked for. Then who has the machine, or some of its accelerators, as list_holders tells it.
list_records() {
  for lr_file in "$FLEET_DIR"/runs/*/record; do
    [ -f "$lr_file" ] || continue
    lr_dir=${lr_file%/record} lr_token=0 lr_halt=no
    for lr_fence in "$lr_dir"/fence/*; do
      if [ "${lr_fence##*/}" -gt "$lr_token" ] 2>/dev/null; then lr_token=${lr_fence##*/}; fi
      [ ! -e "$lr_fence/halt" ] || lr_halt=yes
    done
    say record "${lr_dir##*/}" "$lr_token" "$(newest_attempt "${lr_dir##*/}" any job)" "$lr_halt"
  done
  know_here
  say incarnation "$here"
  list_holders
  say listed
}

# sweep_runs RUN TOKEN ID...: removes the folders of runs that have ended and were read, "swept ID" a line, but not one that is in use.
sweep_runs() {
  fence "$1" "$2"
  shift 2
  for sw_run in "$@"; do
    case $sw_run in '' | . | .. | */*) continue ;; esac
    if [ ! -d "$FLEET_DIR/runs/$sw_run" ]; then say swept "$sw_run"
    elif is_in_use "$sw_run"; then say in-use "$sw_run"
    elif rm -rf "$FLEET_DIR/runs/$sw_run"; then say swept "$sw_run"
    else say in-use "$sw_run"; fi
  done
  say looked
}

# Has run $1 a process, a wrapper or a guard, or a unit of another machine that shares this folder?
is_in_use() {
  for iu_unit in "$FLEET_DIR/runs/$1"/a*/w*/*/; do
    iu_unit=${iu_unit%/}
    [ -e "$iu_unit/claim" ] || continue
    if ! started_on_this_machine "$iu_unit" || unit_lives "$iu_unit" wrapper || unit_lives "$iu_unit" guard; then return 0; fi
  done
  [ -n "$(members "$1")" ]
}
