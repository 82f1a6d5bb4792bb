import { quote } from '../../quoting.ts';
import type { Section } from '../sections.ts';

/** What fleet itself may use on a host, and the tools of the vendors. */
const usualTools = [
  'git',
  'python3',
  'nvidia-smi',
  'rocm-smi',
  'amd-smi',
  'rocminfo',
  'tpu-info',
  'setsid',
  'perl',
  'busybox',
  'timeout',
  'tar',
  'sha256sum',
];

/** The machine itself, which needs no tool. */
export const machineSection: Section = {
  name: 'machine',
  timeoutSeconds: 10,
  script: `printf 'hostname=%s\\n' "$(uname -n)"
printf 'kernel=%s\\n' "$(uname -sr)"
printf 'architecture=%s\\n' "$(uname -m)"
printf 'boot=%s\\n' "$(cat /proc/sys/kernel/random/boot_id)"
printf 'uptime=%s\\n' "$(cut -d ' ' -f 1 /proc/uptime)"
printf 'cpus=%s\\n' "$(grep -c '^processor' /proc/cpuinfo)"
sed -n 's/^model name[^:]*: */cpu=/p' /proc/cpuinfo | head -n 1
sed -n 's/^PRETTY_NAME=/os=/p' /etc/os-release
sed -n 's/^MemTotal: */memory=/p; s/^MemAvailable: */available=/p' /proc/meminfo
sed -n 's/^Max open files *\\([a-z0-9]*\\) .*/limit-files=\\1/p
s/^Max locked memory *\\([a-z0-9]*\\) .*/limit-locked=\\1/p
s/^Max processes *\\([a-z0-9]*\\) .*/limit-processes=\\1/p' /proc/self/limits`,
};

/** Class and vendor of every device on the bus. */
export const busSection: Section = {
  name: 'pci',
  timeoutSeconds: 5,
  script: `for fleet_device in /sys/bus/pci/devices/*; do
  read -r fleet_class <"$fleet_device/class" || continue
  read -r fleet_vendor <"$fleet_device/vendor" || continue
  printf '%s %s\\n' "$fleet_class" "$fleet_vendor"
done 2>/dev/null`,
};

/** What an author's commands find: `enter` goes to the workdir, and sources the setup lines. */
export function toolSections(enter: string, asked: readonly string[]): Section[] {
  const names = [...new Set([...usualTools, ...asked])].map(quote).join(' ');
  const find = `for fleet_tool in ${names}; do
  printf '%s=%s\\n' "$fleet_tool" "$(command -v -- "$fleet_tool")"
done`;
  const python = `exec python3 -c 'import platform; print(platform.python_version())'`;
  return [
    { name: 'tools', script: `${enter}\n${find}`, timeoutSeconds: 30 },
    { name: 'python', script: `${enter}\n${python}`, timeoutSeconds: 30 },
    { name: 'git', script: `${enter}\nexec git --version`, timeoutSeconds: 10 },
  ];
}

/** Space and inodes of each path. One that does not exist yet is measured at the nearest folder above it that does. */
export function diskSections(workdir: string, paths: readonly string[]): Section[] {
  return paths.map((path, index) => {
    const whole = path.startsWith('/') ? path : `${workdir.replace(/\/+$/, '')}/${path}`;
    const script = `cd || exit
fleet_path=${quote(asOperand(whole))}
while test ! -e "$fleet_path"; do
  fleet_above=$(dirname "$fleet_path")
  test "$fleet_above" != "$fleet_path" || break
  fleet_path=$fleet_above
done
df -P -i "$fleet_path" | sed 's/^/inodes /'
exec df -P -k "$fleet_path"`;
    return { name: diskSection(index), script, timeoutSeconds: 10 };
  });
}

export function diskSection(index: number): string {
  return `disk-${index}`;
}

/** A relative path never looks like an option. */
export function asOperand(path: string): string {
  return path.startsWith('/') ? path : `./${path}`;
}
