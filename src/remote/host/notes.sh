# append_note FILE MARK TEXT: appends once. MARK is the last line of TEXT: where it stands, all of the note does.
append_note() {
  case $1 in */*) mkdir -p -- "${1%/*}" 2>/dev/null || cannot_write "${1%/*}" ;; esac
  if grep -qsF -e "$2" -- "$1"; then
    say noted before
    return 0
  fi
  { printf '%s' "$3" >>"$1"; } 2>/dev/null || cannot_write "$1"
  say noted now
}
