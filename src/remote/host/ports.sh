# free_port FROM FIRST END: "port N" for the first TCP port from FROM on, then from FIRST on, that no socket of this host has; "port none" when
# all up to END have one.
free_port() {
  fp_used=$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ fp_local _; do say "${fp_local##*:}"; done)
  fp_port=$1 fp_left=$(($3 - $2))
  while [ "$fp_left" -gt 0 ]; do
    case "$newline$fp_used$newline" in
    *"$newline$(printf '%04X' "$fp_port")$newline"*) ;;
    *)
      say port "$fp_port"
      return 0
      ;;
    esac
    fp_left=$((fp_left - 1)) fp_port=$((fp_port + 1))
    [ "$fp_port" -lt "$3" ] || fp_port=$2
  done
  say port none
}
