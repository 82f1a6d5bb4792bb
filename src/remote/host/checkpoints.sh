# newest_checkpoint WORKDIR PATTERN: the path of the newest whole checkpoint. Nothing, and false, when there is none.
newest_checkpoint() (
  enter "$1" 2>/dev/null || exit 1
  nc_newest=''
  # shellcheck disable=SC2086 # a pattern
  for nc_path in $2; do
    # shellcheck disable=SC3013 # dash, bash and busybox have it
    if [ ! -s "$nc_path" ] || [ "$nc_newest" -nt "$nc_path" ]; then continue; fi
    nc_newest=$nc_path
  done
  [ -n "$nc_newest" ] && say "$nc_newest"
)
