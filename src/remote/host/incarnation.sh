say() { printf '%s\n' "$*"; }

# Sets st_state st_parent st_group st_session st_start of process $1; fails when there is none. The name in the line may hold anything,
# so the fields are counted from the last parenthesis.
read_process() {
  st_line=
  { while IFS= read -r st_part || [ -n "$st_part" ]; do st_line=$st_part; done <"/proc/$1/stat"; } 2>/dev/null || return 1
  [ -n "$st_line" ] || return 1
  st_rest=${st_line##*) }
  # shellcheck disable=SC2086 # split into fields
  set -- $st_rest
  [ $# -ge 20 ] || return 1
  st_state=$1 st_parent=$2 st_group=$3 st_session=$4
  shift 19
  st_start=$1
}

# Machine, host name, boot, pid namespace, start of pid 1: together they say whether a recorded pid can still mean the same process.
incarnation() {
  in_machine='' in_boot='' in_name='' in_space=''
  for in_file in /etc/machine-id /var/lib/dbus/machine-id; do
    [ -n "$in_machine" ] || { [ -r "$in_file" ] && read -r in_machine <"$in_file"; }
  done
  [ -r /proc/sys/kernel/random/boot_id ] && read -r in_boot </proc/sys/kernel/random/boot_id
  [ -r /proc/sys/kernel/hostname ] && read -r in_name </proc/sys/kernel/hostname
  in_space=$(readlink /proc/self/ns/pid 2>/dev/null)
  read_process 1 || st_start=unknown
  say "${in_machine:-none} ${in_name:-none} ${in_boot:-none} ${in_space:-none} $st_start"
}
