import { holdersFunction } from '../holders.ts';
import type { Section } from '../sections.ts';

const rocmSmi = { tool: 'rocm-smi', timeoutSeconds: 15 };
const amdSmi = { tool: 'amd-smi', timeoutSeconds: 20 };

const everything =
  '--showproductname --showid --showuniqueid --showbus --showmeminfo vram --showuse --showtemp --showpower --showdriverversion --json';

/** Before each document of `amd-smi` in its answer. */
export const amdSmiMark = 'fleet-amd-smi';

/**
 * How the devices are doing. Each section passes on the exit status of the one before it where it has nothing to ask: the plain text is for
 * versions of rocm-smi that refuse an option, amd-smi for hosts without a rocm-smi that answers.
 */
export function amdReadings(setup: string): Section[] {
  const enter = enterRocm(setup);
  const askAmdSmi = `test "$fleet_code" != 0 || exit 0\n${enter}\n${writeAmdSmi(['metric'])}`;
  return [...rocmSections(enter), { name: 'amd-smi', script: askAmdSmi, ...amdSmi }];
}

/** The same, with all that is known of the devices and of who is on them. */
export function amdDetails(setup: string): Section[] {
  const enter = enterRocm(setup);
  const askAmdSmi = `test "$fleet_code" != 0 || exit 0\n${enter}\n${writeAmdSmi(['list', 'static', 'metric'])}\n${amdSmiProcesses}`;
  return [
    ...rocmSections(enter),
    { name: 'amd-smi', script: askAmdSmi, ...amdSmi },
    { name: 'amd-processes', script: `${enter}\n${processes}`, ...rocmSmi },
    { name: 'rocminfo', script: `${enter}\n${rocminfo}`, timeoutSeconds: 15 },
    { name: 'rocm-version', script: `${setup}\ncat "\${ROCM_PATH:-/opt/rocm}/.info/version"`, timeoutSeconds: 5 },
  ];
}

/** The tools of ROCm are where only login shells look. */
function enterRocm(setup: string): string {
  return `${setup}\nPATH=$PATH:\${ROCM_PATH:-/opt/rocm}/bin`;
}

function rocmSections(enter: string): Section[] {
  const fewer = 'case $fleet_code in 0 | 127) exit "$fleet_code" ;; esac';
  return [
    { name: 'rocm-smi', script: `${enter}\nexec rocm-smi ${everything}`, ...rocmSmi },
    {
      name: 'rocm-fewer',
      script: `${fewer}\n${enter}\nexec rocm-smi --showproductname --showmeminfo vram --showuse`,
      ...rocmSmi,
    },
  ];
}

function writeAmdSmi(subjects: readonly string[]): string {
  return `command -v amd-smi >/dev/null || exit 127
for fleet_subject in ${subjects.join(' ')}; do
  printf '${amdSmiMark} %s\\n' "$fleet_subject"
  amd-smi "$fleet_subject" --json
done`;
}

const amdSmiProcesses = `${holdersFunction}
fleet_listed=$(amd-smi process --json)
printf '${amdSmiMark} process\\n%s\\n' "$fleet_listed"
# Words, one a pid.
# shellcheck disable=SC2046
fleet_holders $(printf '%s\\n' "$fleet_listed" | sed -n 's/.*"pid": *\\([0-9][0-9]*\\).*/\\1/p')`;

/** The kernel tells which process holds how much of which device; where it does not, rocm-smi tells the processes alone. */
const processes = `${holdersFunction}
fleet_listed=$(rocm-smi --showpids --json)
fleet_code=$?
printf '%s\\n' "$fleet_listed"
for fleet_file in /sys/class/kfd/kfd/proc/[0-9]*/vram_[0-9]*; do
  read -r fleet_bytes <"$fleet_file" || continue
  fleet_pid=\${fleet_file#/sys/class/kfd/kfd/proc/}
  printf 'fleet-vram %s %s %s\\n' "\${fleet_pid%%/*}" "\${fleet_file##*_}" "$fleet_bytes"
done 2>/dev/null
# Words, one a pid.
# shellcheck disable=SC2046
fleet_holders $(printf '%s\\n' "$fleet_listed" | tr ',' '\\n' | tr '{' '\\n' | sed -n 's/^ *"PID\\([0-9][0-9]*\\)".*/\\1/p')
exit "$fleet_code"`;

const rocminfo = `printf 'HSA_OVERRIDE_GFX_VERSION=%s\\n' "\${HSA_OVERRIDE_GFX_VERSION-}"
exec rocminfo`;
