# Files from the computer of the controller. Each is written whole into a folder of its own beside its place, checked there, and renamed over what was in
# that place: whoever has the old one open keeps it. Names come a line each on standard input, a backslash in them as \\ and a newline as \n.

# Into a folder as an author writes it, relative to the home folder; made where it is missing.
enter_made() {
  enter "$1" 2>/dev/null && return 0
  case $author_path in /*) ;; *) author_path=$HOME/$author_path ;; esac
  if ! mkdir -p -- "$author_path" || ! cd -- "$author_path"; then cannot_write "$author_path"; fi
}

# Sets name to the one that line $1 means, from here.
read_name() {
  name=./$1
  case $1 in
  *\\*)
    name=$(printf './%bx' "$1")
    name=${name%x}
    ;;
  esac
}

# sent_sums: of the names on standard input, counted from 0, those that are files here: "these NUMBER[x]...", with an x where one can be executed, and then
# as many lines "sum SHA256", in that order.
sent_sums() {
  command -v sha256sum >/dev/null 2>&1 || { say no-sha256sum && return 0; }
  ss_number=0 ss_these=''
  set --
  while IFS= read -r ss_line; do
    read_name "$ss_line"
    if [ -f "$name" ] && [ -r "$name" ]; then
      set -- "$@" "$name"
      ss_these="$ss_these $ss_number"
      [ ! -x "$name" ] || ss_these=${ss_these}x
    fi
    ss_number=$((ss_number + 1))
    if [ $# -ge 200 ]; then
      say "these$ss_these"
      plain_sums "$@" | sed 's/^/sum /'
      ss_these=''
      set --
    fi
  done
  if [ $# -gt 0 ]; then
    say "these$ss_these"
    plain_sums "$@" | sed 's/^/sum /'
  fi
  say summed
}

# The SHA-256 of each file, a line each. A strange name is written strangely by some, over two lines by others: the sums alone begin a line.
plain_sums() { sha256sum -- "$@" | LC_ALL=C sed -n 's/^\\\{0,1\}\([0-9a-f]\{64\}\)  *[*.].*/\1/p'; }

# unpack_sent: an archive on standard input, of names in folders of their own. The owner is whoever writes.
unpack_sent() {
  command -v tar >/dev/null 2>&1 || { say no-tar && return 0; }
  tar -xof - || cannot_write "$PWD"
  say unpacked
}

# append_sent FILE OFFSET MODE: standard input, where the file has just that many bytes; then "size BYTES" as it is.
append_sent() {
  (umask 077 && mkdir -p -- "${1%/*}" && append_at "$1" "$2") || cannot_write "$1"
  chmod "$3" "$1" || cannot_write "$1"
  file_facts "$1" && say size "$fi_size"
}

# place_sent STAGE: lines "SHA256 NAME" on standard input, those of one folder together. What is whole in the folder STAGE beside its place gets there, what
# is not is removed. Then "placed COUNT".
place_sent() {
  pt_stage=$1 pt_folder='' pt_wanted='' pt_count=0
  set --
  while IFS= read -r pt_line; do
    read_name "${pt_line#* }"
    if [ "${name%/*}" != "$pt_folder" ] || [ $# -ge 200 ]; then
      place_batch "$@"
      pt_folder=${name%/*} pt_wanted=''
      set --
    fi
    if [ -f "$pt_folder/$pt_stage/${name##*/}" ]; then
      set -- "$@" "$pt_folder/$pt_stage/${name##*/}"
      pt_wanted=$pt_wanted${pt_line%% *}$newline
    fi
  done
  place_batch "$@"
  say placed "$pt_count"
}

place_batch() {
  [ $# -gt 0 ] || return 0
  if [ "$(plain_sums "$@")$newline" = "$pt_wanted" ]; then
    mv -f -- "$@" "$pt_folder/" || cannot_write "$pt_folder"
    pt_count=$((pt_count + $#))
  else
    rm -f -- "$@"
  fi
}

# each_sent COMMAND: with the names on standard input behind it, 200 at a time; then "done".
each_sent() {
  es_command=$1
  set --
  while IFS= read -r es_line; do
    read_name "$es_line"
    set -- "$@" "$name"
    if [ $# -ge 200 ]; then
      # shellcheck disable=SC2086 # a command with its options
      $es_command "$@" || cannot_write "$PWD"
      set --
    fi
  done
  # shellcheck disable=SC2086
  [ $# -eq 0 ] || $es_command "$@" || cannot_write "$PWD"
  say 'done'
}

# list_sent FOLDER: every file below it that is no folder, each name followed by a NUL. Links are listed and not followed.
list_sent() (
  for li_path in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -d "$li_path" ] && [ ! -L "$li_path" ]; then
      list_sent "$li_path"
    elif [ -e "$li_path" ] || [ -L "$li_path" ]; then
      printf '%s\0' "${li_path#./}"
    fi
  done
)
