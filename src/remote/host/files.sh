# Sets fi_inode and fi_size of file $1.
file_facts() {
  # shellcheck disable=SC2012 # one file, and only its numbers are read
  fi_line=$(ls -dLin -- "$1" 2>/dev/null) || return 1
  # shellcheck disable=SC2086 # split into fields
  set -- $fi_line
  fi_inode=$1 fi_size=$6
}

# Sets head_sum to the checksum of the first $2 bytes of file $1. Some busybox have no cksum.
read_head_sum() {
  if command -v cksum >/dev/null 2>&1; then head_sum=$(head -c "$2" -- "$1" 2>/dev/null | cksum)
  else head_sum=$(head -c "$2" -- "$1" 2>/dev/null | md5sum); fi
  head_sum=${head_sum%% *}
}

# bytes_from FILE OFFSET. Only dd skips without reading: the tail of some busybox reads a log of gigabytes from its beginning, each time.
bytes_from() {
  if [ "$2" -lt 65536 ]; then
    tail -c "+$(($2 + 1))" -- "$1" 2>/dev/null
    return
  fi
  dd "if=$1" bs=65536 "skip=$(($2 / 65536))" 2>/dev/null | tail -c "+$(($2 % 65536 + 1))"
}

# read_from FILE OFFSET MAX HEAD: "file INODE SIZE SUM HEAD", a newline, then the bytes. SUM is of the first HEAD bytes; asked with 0, it
# is of as many as there are, up to 256. Nothing but the numbers when nothing is new.
read_from() {
  if [ ! -e "$1" ]; then
    say absent
    return 0
  fi
  if [ ! -f "$1" ] || [ ! -r "$1" ] || ! file_facts "$1"; then
    say unreadable
    return 0
  fi
  rf_head=$4
  if [ "$rf_head" -eq 0 ]; then
    rf_head=$fi_size
    [ "$rf_head" -le 256 ] || rf_head=256
  fi
  if [ "$fi_size" -eq "$2" ]; then
    say file "$fi_inode" "$fi_size" same "$rf_head"
    return 0
  fi
  read_head_sum "$1" "$rf_head"
  say file "$fi_inode" "$fi_size" "$head_sum" "$rf_head"
  [ "$fi_size" -gt "$2" ] || return 0
  bytes_from "$1" "$2" | head -c "$3"
}

# list_files "$@" (already expanded): "SIZE PATH" a line.
list_files() {
  for lf_file in "$@"; do
    if [ ! -f "$lf_file" ] || ! file_facts "$lf_file"; then continue; fi
    say found "$fi_size" "$(one_line "$lf_file")"
  done
  say listed
}

# dash, bash and busybox have it, though POSIX does not.
is_newer() {
  # shellcheck disable=SC3013
  [ "$1" -nt "$2" ]
}

# latest_files KNOWN "$@" (already expanded): those that are not older than the file KNOWN, without it; oldest first, of one age in their order. At most
# 100: "found SIZE PATH" a line. All of them where KNOWN is empty, or gone.
latest_files() {
  la_known=$1 la_left=100
  shift
  [ -e "$la_known" ] || la_known=
  la_count=$#
  while [ "$la_count" -gt 0 ]; do
    la_file=$1 la_count=$((la_count - 1))
    shift
    if [ ! -f "$la_file" ] || [ "$la_file" = "$la_known" ]; then continue; fi
    if [ -n "$la_known" ] && is_newer "$la_known" "$la_file"; then continue; fi
    set -- "$@" "$la_file"
  done
  while [ $# -gt 0 ] && [ "$la_left" -gt 0 ]; do
    la_oldest=$1 la_left=$((la_left - 1))
    for la_file in "$@"; do
      if is_newer "$la_oldest" "$la_file"; then la_oldest=$la_file; fi
    done
    if file_facts "$la_oldest"; then say found "$fi_size" "$(one_line "$la_oldest")"; fi
    la_count=$#
    while [ "$la_count" -gt 0 ]; do
      [ "$1" = "$la_oldest" ] || set -- "$@" "$1"
      shift
      la_count=$((la_count - 1))
    done
  done
  say listed
}

# stamp_newest BESIDE "$@" (already expanded): of the newest of them "file INODE SIZE WRITTEN PATH", and of the file that is called like it with BESIDE
# behind, "beside INODE SIZE WRITTEN", where there is one. WRITTEN is in seconds by this host's clock, "-" where it cannot be had; "now" is that clock.
stamp_newest() {
  st_beside=$1 st_newest=
  shift
  for st_file in "$@"; do
    if [ -f "$st_file" ] && { [ -z "$st_newest" ] || ! is_newer "$st_newest" "$st_file"; }; then st_newest=$st_file; fi
  done
  if [ -n "$st_newest" ]; then
    stamp file "$st_newest" "$(one_line "$st_newest")"
    if [ -n "$st_beside" ] && [ -f "$st_newest$st_beside" ]; then stamp beside "$st_newest$st_beside" ''; fi
  fi
  say now "$(date +%s)"
}

stamp() {
  file_facts "$2" || return 0
  st_written=$(date -r "$2" +%s 2>/dev/null)
  say "$1" "$fi_inode" "$fi_size" "${st_written:--}" "$3"
}

# describe_files SUM "$@" (already expanded): "found SIZE AGE SUM PATH" a line. AGE in seconds by this host's clock, "-" where it cannot be had;
# SUM is a SHA-256 where SUM is 1 and there is a tool for it, else "-".
describe_files() {
  df_sum=$1 df_now=$(date +%s)
  shift
  for df_file in "$@"; do
    if [ ! -f "$df_file" ] || ! file_facts "$df_file"; then continue; fi
    df_age=- df_written=$(date -r "$df_file" +%s 2>/dev/null)
    [ -z "$df_written" ] || df_age=$((df_now - df_written))
    say found "$fi_size" "$df_age" "$(sha256_of "$df_sum" "$df_file")" "$(one_line "$df_file")"
  done
  say listed
}

sha256_of() {
  sh_sum=-
  if [ "$1" = 1 ] && command -v sha256sum >/dev/null 2>&1; then sh_sum=$(sha256sum <"$2" 2>/dev/null | cut -d' ' -f1); fi
  say "${sh_sum:--}"
}

# A newline in a name would look like a line of ours.
one_line() {
  case $1 in
  *"$newline"*) say "$1" | tr '\n' '?' | sed 's/?$//' ;;
  *) say "$1" ;;
  esac
}

# archive RUN "$@": moves what is there into .fleet-archive/RUN beside it, and tells all that lies there: also what was moved before, when
# the answer was lost.
archive() {
  ar_run=$1
  shift
  for ar_file in "$@"; do
    ar_file=${ar_file%/}
    ar_dir=$(dirname -- "$ar_file")/.fleet-archive/$ar_run
    case ${ar_file##*/} in '' | . | .. | .fleet-archive) continue ;; esac
    if [ -e "$ar_file" ] || [ -L "$ar_file" ]; then
      if ! mkdir -p -- "$ar_dir" || ! mv -f -- "$ar_file" "$(free_name "$ar_dir/${ar_file##*/}")"; then cannot_write "$ar_dir"; fi
    fi
    for ar_kept in "$ar_dir"/* "$ar_dir"/.[!.]*; do
      if [ -e "$ar_kept" ] || [ -L "$ar_kept" ]; then say archived "$ar_kept"; fi
    done
  done
  say archived-all
}

# $1, or with a number behind it where there is such a file already.
free_name() {
  fn_name=$1 fn_number=0
  while [ -e "$fn_name" ] || [ -L "$fn_name" ]; do
    fn_number=$((fn_number + 1))
    fn_name=$1.$fn_number
  done
  printf '%s' "$fn_name"
}
