# What fleet keeps on a host: one file of POSIX sh functions, named after the hash of its own text. It is sourced by every question, and
# run by itself as the wrapper and the guard of a unit (a job, or one command that changes something or takes long).
#
# Folders below $FLEET_DIR, each made by an atomic mkdir:
#   runs/RUN/fence/TOKEN             the tokens this run was driven with; the highest one drives
#   runs/RUN/fence/TOKEN/halt        that controller has asked for a halt: what an older one started late does not begin, nor, with aN in
#                                    it, the job of that attempt
#   runs/RUN/record                  the plan, where files stood before the start, and how it ended: what the controller's store knows
#   runs/RUN/aATTEMPT/wWORKER/UNIT   a unit, and in it:
#     claim                          whoever may begin it: "PID START", and a second line like "incarnation". A link: only one can make it
#     wrapper guard pid              the processes that carry it: "PID START"
#     incarnation began              the machine and boot that the unit was started on, and when on its clock
#     script                         what runs: setup and the author's command
#     log-start                      bytes that were in the log before the unit began
#     halt halt-progress             a wish to stop, and how far it got
#     profile                        the one that it runs in, where the playbook has any
#     next next-begun                what the attempt in another profile needs; its second name when somebody makes it
#     because checkpoint starts      a guard has made this attempt: why, what it goes on from, and how long the files were then
#     stall stall-start disk         the guard's rules, and how long the file was before the job began
#     sample sample-every samples    what asks the accelerators, and what they said; "sampler" is at it
#     verdict                        why the guard stopped the unit by itself
#     error                          why it could not begin
#     ended                          when it was over, on the clock of "began"
#     exit                           the exit status, renamed into place; its presence ends the unit
#     spent                          nobody is left in the session and the group of "pid": the number may mean another process now
#   runs/RUN/aATTEMPT/wWORKER/env    the environment with its secrets, 0600, removed when the attempt ends
#   runs/RUN/aATTEMPT/wWORKER/env-next   the same for an attempt in another profile that the guard may make
#   claims/MACHINE/N                 which run uses this machine, or some of its accelerators; it stands until a higher number has some of
#                                    the same. A claim is never changed, and no number comes back
#   claims/MACHINE/N.beat            when its controller last spoke
#
# Every answer is made of lines "WORD VALUE...". Exit 90: this file is missing; 91: a newer controller drives the run; 92: cannot write;
# 93: no process could be started.

newline='
'
here='' search=''

# Has process $1, just read, ended? A zombie has, unless other threads of it still run.
ended() {
  case $st_state in Z | X) ;; *) return 1 ;; esac
  set -- "/proc/$1/task"/*
  [ $# -le 1 ]
}

# Is process $1 the one that started at $2, and has not ended?
lives() {
  read_process "$1" && [ "$st_start" = "$2" ] && ! ended "$1"
}

# The same for a file that holds "PID START".
file_lives() {
  [ -s "$1" ] || return 1
  read -r fl_pid fl_start <"$1" || return 1
  lives "$fl_pid" "$fl_start"
}

# Writes "PID START" of this very shell into $1. Not $$, which names the parent in a subshell; not in a command substitution, which is one.
record_self() {
  read -r rs_line </proc/self/stat
  rs_pid=${rs_line%% *}
  read_process "$rs_pid" && put "$1" "$rs_pid $st_start"
}

# Sets uptime, in whole seconds: the clock of this host that never jumps.
read_uptime() {
  read -r uptime _ </proc/uptime
  uptime=${uptime%%.*}
}

# Sets here to the incarnation, once.
know_here() { [ -n "$here" ] || here=$(incarnation); }

# Sets started_on to the machine and boot that unit $1 was claimed on. The claim says so too, before there is another file.
read_started_on() {
  started_on=
  { read -r started_on <"$1/incarnation" || { read -r _ && read -r started_on; } <"$1/claim"; } 2>/dev/null && [ -n "$started_on" ]
}

# Was unit $1 started here and in this boot? Only then can a pid that it holds still mean the same process.
started_here() {
  know_here
  read_started_on "$1" && [ "$started_on" = "$here" ]
}

# Was unit $1 started on this machine, now or in an earlier boot? A home may be shared by machines.
started_on_this_machine() {
  know_here
  read_started_on "$1" || return 1
  sm_rest=${started_on#* }
  case $here in "${started_on%% *} ${sm_rest%% *} "*) ;; *) return 1 ;; esac
}

# Does the process that unit $1 has written into its file $2 live?
unit_lives() { started_here "$1" && file_lives "$1/$2"; }

# Sets unique_word to one that no other process has, here or on a machine that shares the folder.
read_unique_word() {
  unique_word=$$
  { read -r unique_word </proc/sys/kernel/random/uuid; } 2>/dev/null
}

# claim_name FILE NEW: gives the file NEW the name FILE, for one of several that want it. Judged by what is there then, and not by what
# "ln" says: over NFS the answer to the one that succeeded may be lost, and the repeated request then fails.
claim_name() {
  ln "$2" "$1" 2>/dev/null || [ "$(cat "$1" 2>/dev/null)" = "$(cat "$2" 2>/dev/null)" ]
  cn_status=$?
  rm -f "$2"
  return "$cn_status"
}

# Writes standard input to $1 in one rename, readable by the owner alone.
place() {
  read_unique_word
  pl_new=$1.$unique_word.tmp
  { (umask 077 && cat >"$pl_new" && mv -f "$pl_new" "$1"); } 2>/dev/null && return 0
  rm -f "$pl_new"
  return 1
}

# put FILE TEXT: the same for a text that the shell has. Looks do it every second, and each process that they start takes of the training's time.
put() {
  read_unique_word
  pl_new=$1.$unique_word.tmp
  { (umask 077 && say "$2" >"$pl_new") && mv -f "$pl_new" "$1"; } 2>/dev/null && return 0
  rm -f "$pl_new"
  return 1
}

pause() { sleep 0.2 2>/dev/null || sleep 1; }

cannot_write() {
  say cannot-write "$1"
  exit 92
}

# Which tool puts a process into a session of its own.
session_tool() {
  if command -v setsid >/dev/null 2>&1; then say setsid
  elif command -v busybox >/dev/null 2>&1 && busybox --list 2>/dev/null | grep -qx setsid; then say busybox
  elif command -v python3 >/dev/null 2>&1; then say python3
  elif command -v perl >/dev/null 2>&1; then say perl
  else say none; fi
}

# Python ignores these two for itself, and whatever it becomes would inherit that.
python_restores_signals='import os, signal, sys; signal.signal(signal.SIGPIPE, signal.SIG_DFL); signal.signal(signal.SIGXFSZ, signal.SIG_DFL)'

# Runs "$@" in a new session and waits for it. The caller is never a group leader here, so nothing forks and the exit status is its own.
in_new_session() {
  case $(session_tool) in
  setsid) setsid "$@" ;;
  busybox) busybox setsid "$@" ;;
  python3) python3 -ESc "$python_restores_signals; os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])" "$@" ;;
  perl) perl -MPOSIX -e 'POSIX::setsid(); exec { $ARGV[0] } @ARGV' "$@" ;;
  *) return 93 ;;
  esac
}

# Starts "$@" in a new session and returns. No "&": a background command of sh ignores INT and QUIT, and so would all its children.
# The outer call makes a group leader, from which setsid forks.
leave_running() {
  case $(session_tool) in
  setsid) setsid sh -c 'exec setsid "$@"' sh "$@" ;;
  busybox) busybox setsid sh -c 'exec busybox setsid "$@"' sh "$@" ;;
  python3) python3 -ESc "$python_restores_signals
if os.fork(): os._exit(0)
os.setsid(); os.execvp(sys.argv[1], sys.argv[1:])" "$@" ;;
  perl) perl -MPOSIX -e 'my $child = fork; exit 1 unless defined $child; exit 0 if $child; POSIX::setsid(); exec { $ARGV[0] } @ARGV' "$@" ;;
  *) return 93 ;;
  esac </dev/null >/dev/null 2>&1
}
