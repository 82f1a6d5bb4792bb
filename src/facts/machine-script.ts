/** What is said of the machine itself, as `KEY=VALUE` lines. Looks only. */
export const machineScript = `printf 'time=%s\\n' "$(date +%s.%N)"
printf 'hostname=%s\\n' "$(uname -n)"
printf 'kernel=%s\\n' "$(uname -sr)"
printf 'architecture=%s\\n' "$(uname -m)"
printf 'boot=%s\\n' "$(cat /proc/sys/kernel/random/boot_id)"
printf 'uptime=%s\\n' "$(cut -d' ' -f1 /proc/uptime)"
printf 'cpus=%s\\n' "$(grep -c '^processor' /proc/cpuinfo)"
printf 'cpu-model=%s\\n' "$(sed -n -e 's/^model name[[:space:]]*: *//p' -e 's/^Model[[:space:]]*: *//p' /proc/cpuinfo | head -n 1)"
sed -n 's/^PRETTY_NAME=/os=/p' /etc/os-release
sed -n 's/^MemTotal: */memory=/p; s/^MemAvailable: */available=/p' /proc/meminfo
sed -n 's/^Max open files  *\\([^ ]*\\) .*/open-files=\\1/p; s/^Max processes  *\\([^ ]*\\) .*/processes=\\1/p
s/^Max locked memory  *\\([^ ]*\\) .*/locked-memory=\\1/p' /proc/self/limits`;

/** Asked last: with the time of the first section it bounds how far the host's clock is off. */
export const clockScript = `printf 'time=%s\\n' "$(date +%s.%N)"`;
