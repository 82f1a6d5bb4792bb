# Checkpoints: a file, or a folder of files. Their names come from an author: a pattern of the shell, in which "{step}" stands for the step.

# newest_checkpoint WORKDIR PATTERN [FILE]: the path, as the pattern is written, of the newest whole one: that of the highest step; of equal ones,
# and where no name has a step, the one that was written last. With FILE, none that is older than it: one of an older run is not this run's.
# Nothing, and false, when there is none.
newest_checkpoint() (
  enter "$1" 2>/dev/null || exit 1
  nc_pattern=$2 nc_newest='' nc_most=-1
  glob_of_checkpoints "$nc_pattern"
  # No splitting: a pattern may have blanks.
  IFS=''
  # shellcheck disable=SC2086 # a pattern
  for nc_path in $checkpoint_glob; do
    step_of_checkpoint "$nc_pattern" "$nc_path"
    [ "$checkpoint_step" -ge "$nc_most" ] || continue
    # shellcheck disable=SC3013 # dash, bash and busybox have it
    if [ "$checkpoint_step" -eq "$nc_most" ] && [ "$nc_newest" -nt "$nc_path" ]; then continue; fi
    # shellcheck disable=SC3013 # the same
    if [ -n "${3-}" ] && [ "$3" -nt "$nc_path" ]; then continue; fi
    is_whole "$nc_path" || continue
    nc_newest=$nc_path nc_most=$checkpoint_step
  done
  [ -n "$nc_newest" ] && say "$nc_newest"
)

# Sets checkpoint_glob to pattern $1 as the shell expands it.
glob_of_checkpoints() {
  read_author_path "$1"
  case $author_path in
  *"{step}"*) checkpoint_glob="${author_path%%"{step}"*}*${author_path#*"{step}"}" ;;
  *) checkpoint_glob=$author_path ;;
  esac
}

# Sets checkpoint_step to the step that path $2 tells: what stands for "{step}" in pattern $1, else the last number in its name, which does not
# end in that of its format (.h5). -1: none.
step_of_checkpoint() {
  sc_rest=${2##*/}
  case $1 in
  *"{step}"*)
    read_author_path "$1"
    sc_before=${author_path%%"{step}"*} sc_after=${author_path#*"{step}"}
    # shellcheck disable=SC2295 # patterns
    sc_rest=${2#$sc_before}
    # shellcheck disable=SC2295 # patterns
    sc_rest=${sc_rest%$sc_after}
    ;;
  *) case ${sc_rest##*.} in *[!A-Za-z0-9]* | [0-9]*) ;; *) sc_rest=${sc_rest%.*} ;; esac ;;
  esac
  sc_rest=${sc_rest%"${sc_rest##*[0-9]}"}
  sc_rest=${sc_rest##*[!0-9]}
  while :; do case $sc_rest in 0?*) sc_rest=${sc_rest#0} ;; *) break ;; esac done
  checkpoint_step=${sc_rest:--1}
  [ ${#checkpoint_step} -le 18 ] || checkpoint_step=-1
}

# Is checkpoint $1 all there, as far as its bytes say? A file that is not empty and, if it is a zip archive (as torch writes it), has the record
# that ends one; a folder of such files.
is_whole() (
  if [ -d "$1" ]; then
    iw_files=0
    for iw_path in "$1"/* "$1"/.[!.]*; do
      [ -e "$iw_path" ] || continue
      iw_files=$((iw_files + 1))
      is_whole "$iw_path" || exit 1
    done
    [ "$iw_files" -gt 0 ]
    exit
  fi
  [ -f "$1" ] && [ -s "$1" ] && [ -r "$1" ] || exit 1
  [ "$(head -c 4 -- "$1" | tr -d '\000')" = "PK$(printf '\003\004')" ] || exit 0
  # Some grep stop at a NUL.
  tail -c 65536 -- "$1" | tr '\000' '\n' | LC_ALL=C grep -q "PK$(printf '\005\006')"
)

# list_checkpoints RUN WORKER "$@" (already expanded): "now SECONDS" by this host's clock, "since SECONDS" since the first job of the run began
# ("-" where it is not known), then "checkpoint SIZE FILES STAMP WRITTEN PATH" for each. STAMP is another one when it was written again; WRITTEN is
# when, "DATE_TIME_ZONE", as far as this ls tells it.
list_checkpoints() {
  lc_since=- lc_unit=$FLEET_DIR/runs/$1/a1/w$2/job
  read_uptime
  if started_here "$lc_unit" && { read -r lc_began <"$lc_unit/began"; } 2>/dev/null; then lc_since=$((uptime - lc_began)); fi
  say now "$(date +%s)"
  say since "$lc_since"
  shift 2
  list_long -dLin -- "$@" | while read -r lc_inode lc_mode _ _ _ lc_size lc_day lc_time lc_zone lc_path; do
    lc_files=1 lc_stamp=$lc_inode:$lc_size:${lc_day}_${lc_time}_$lc_zone
    case $lc_mode in
    -*) ;;
    d*)
      lc_list=$(list_long -RLinA -- "$lc_path")
      lc_stamp=$(say "$lc_list" | sum_of_text)
      read_total "$lc_list"
      ;;
    *) continue ;;
    esac
    [ "$lc_files" -eq 0 ] || say checkpoint "$lc_size" "$lc_files" "$lc_stamp" "${lc_day}_${lc_time}_$lc_zone" "$lc_path"
  done
  say listed
}

# One call for all of them: there may be hundreds, looked at every few seconds. Either way of telling the time has three words.
list_long() {
  ll_list=$(LC_ALL=C ls --full-time "$@" 2>/dev/null)
  # shellcheck disable=SC2012 # the caller reads columns
  if [ -n "$ll_list" ]; then say "$ll_list"; else LC_ALL=C ls -l "$@" 2>/dev/null; fi
}

# Sets lc_size and lc_files to what the files of list $1 come to.
read_total() {
  lc_size=0 lc_files=0
  while read -r _ rt_mode _ _ _ rt_size _; do
    case $rt_mode in -*) lc_size=$((lc_size + rt_size)) lc_files=$((lc_files + 1)) ;; esac
  done <<END
$1
END
}

sum_of_text() { if command -v cksum >/dev/null 2>&1; then cksum; else md5sum; fi | cut -d' ' -f1; }

# sum_checkpoint PATH: "sum SIZE SHA256 NAME" for each file of it, NAME below its folder, or "." where it is a file; then "summed". False where a
# file cannot be read, or there is no tool for it.
sum_checkpoint() (
  command -v sha256sum >/dev/null 2>&1 || { say no-sha256sum && exit 1; }
  files_of_checkpoint "$1" | while IFS= read -r su_file; do
    su_name=${su_file#"$1/"}
    [ "$su_file" != "$1" ] || su_name=.
    if ! file_facts "$su_file" || ! su_sum=$(sha256sum <"$su_file"); then exit 1; fi
    say sum "$fi_size" "${su_sum%% *}" "$su_name"
  done && say summed
)

# files_of_checkpoint PATH: itself, or every file below its folder.
files_of_checkpoint() (
  if [ ! -d "$1" ]; then
    say "$1"
    exit
  fi
  for fc_path in "$1"/* "$1"/.[!.]*; do
    [ ! -e "$fc_path" ] || files_of_checkpoint "$fc_path"
  done
)

# remove_checkpoint RUN TOKEN PATH
remove_checkpoint() {
  fence "$1" "$2"
  rm -rf -- "$3" || cannot_write "$3"
  say removed
}
