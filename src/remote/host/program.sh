# As a program: the wrapper, the job, the guard or a sampler of a unit. Sourced, $0 is the shell's own name and nothing runs.
case ${1-}:${0##*/} in
wrap:host-*.sh | carry:host-*.sh | guard:host-*.sh | sample:host-*.sh)
  FLEET_SCRIPT=$0 FLEET_DIR=$2
  "$@"
  ;;
esac
