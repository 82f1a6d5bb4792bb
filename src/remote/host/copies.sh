# Copies of checkpoints, in a folder that an author names. One grows below .part in that folder, and takes its place when its checksums are right.

# Sets part to where copy $2 grows in folder $1, and copy to where it will lie.
read_copy() {
  read_author_path "$1"
  part=$author_path/.part/$2 copy=$author_path/$2
}

# copy_checkpoint PATH FOLDER NAME: on this host. Prints the sums of both when they are the same; a copy that differs is removed.
copy_checkpoint() {
  read_copy "$2" "$3"
  rm -rf -- "$part"
  mkdir -p -- "$(dirname -- "$part")" && cp -R -L -- "$1" "$part" || return 1
  cy_sums=$(sum_checkpoint "$1") && cy_copied=$(sum_checkpoint "$part") || return 1
  if [ "$cy_sums" != "$cy_copied" ]; then
    rm -rf -- "$part"
    say differs
    return 1
  fi
  put_in_place "$2" "$3" && say "$cy_sums"
}

# put_in_place FOLDER NAME: instead of an earlier one. Done already is done.
put_in_place() {
  read_copy "$1" "$2"
  if [ -e "$part" ]; then
    rm -rf -- "$copy"
    mkdir -p -- "$(dirname -- "$copy")" && mv -- "$part" "$copy" || return 1
  fi
  [ -e "$copy" ]
}

# part_size FOLDER NAME: "size BYTES" of what has been copied of that file.
part_size() {
  read_copy "$1" "$2"
  file_facts "$part" || fi_size=0
  say size "$fi_size"
}

# append_part FOLDER NAME OFFSET: standard input, where the file has just that many bytes; then "size BYTES" as it is.
append_part() {
  read_copy "$1" "$2"
  (umask 077 && mkdir -p -- "$(dirname -- "$part")" && append_at "$part" "$3") || return 1
  part_size "$1" "$2"
}

# append_at FILE OFFSET: standard input, where the file has just that many bytes.
append_at() {
  file_facts "$1" || fi_size=0
  [ "$fi_size" -ne "$2" ] || cat >>"$1"
}

# sum_part FOLDER NAME
sum_part() {
  read_copy "$1" "$2"
  sum_checkpoint "$part"
}

# drop_part FOLDER NAME
drop_part() {
  read_copy "$1" "$2"
  rm -rf -- "$part"
}
