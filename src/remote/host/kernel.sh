# kernel_log FOLDER: of the unit in FOLDER, what the kernel has said of killed processes and of GPUs since it began: "line TEXT" each, then
# "kernel-log read". "kernel-log unreadable" where users may not look.
kernel_log() {
  read_uptime
  kl_since=$uptime
  if [ -s "$1/pid" ] && read -r _ kl_start <"$1/pid"; then kl_since=$((kl_start / $(getconf CLK_TCK 2>/dev/null || say 100))); fi
  kl_text=$(read_kernel_log) || {
    say kernel-log unreadable
    return 0
  }
  say "$kl_text" | grep -iE 'NVRM: Xid|out of memory: Kill|amdgpu.*(fault|reset|hang)' | tail -n 200 | while IFS= read -r kl_line; do
    kl_stamp=${kl_line#*[}
    kl_stamp=${kl_stamp%%.*}
    kl_stamp=${kl_stamp##* }
    # One without a time may be of last week.
    case $kl_stamp in '' | *[!0-9]*) continue ;; esac
    [ "$kl_stamp" -lt "$kl_since" ] || say line "$kl_line"
  done
  say kernel-log read
}

# In the form "[12345.678901] TEXT", by whichever tool may.
read_kernel_log() {
  dmesg 2>/dev/null && return 0
  # Without the right to look, journalctl succeeds with nothing.
  kl_journal=$(journalctl -k -b -q --no-pager -o short-monotonic 2>/dev/null) && [ -n "$kl_journal" ] && say "$kl_journal"
}
