# Sets fi_inode and fi_size of file $1.
file_facts() {
  # shellcheck disable=SC2012 # one file, and only its numbers are read
  fi_line=$(ls -dLin -- "$1" 2>/dev/null) || return 1
  # shellcheck disable=SC2086 # split into fields
  set -- $fi_line
  fi_inode=$1 fi_size=$6
}

head_sum() { head -c "$2" -- "$1" 2>/dev/null | cksum | cut -d' ' -f1; }

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
  say file "$fi_inode" "$fi_size" "$(head_sum "$1" "$rf_head")" "$rf_head"
  [ "$fi_size" -le "$2" ] || tail -c "+$(($2 + 1))" -- "$1" | head -c "$3"
}

# list_files "$@" (already expanded): "SIZE PATH" a line.
list_files() {
  for lf_file in "$@"; do
    [ -f "$lf_file" ] && file_facts "$lf_file" && say found "$fi_size" "$lf_file"
  done
  say listed
}

# archive RUN "$@": moves what is there into .fleet-archive/RUN beside it, and tells all that lies there.
archive() {
  ar_run=$1
  shift
  for ar_file in "$@"; do
    ar_dir=$(dirname -- "$ar_file")/.fleet-archive/$ar_run
    if [ -e "$ar_file" ] || [ -L "$ar_file" ]; then
      if ! mkdir -p -- "$ar_dir" || ! mv -f -- "$ar_file" "$ar_dir/"; then cannot_write "$ar_dir"; fi
      say archived "$ar_dir/${ar_file##*/}"
    fi
  done
  say archived-all
}
