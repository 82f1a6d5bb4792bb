import { writeSections, type Section } from './sections.ts';

export const nvidiaFields = [
  'index',
  'name',
  'uuid',
  'driver_version',
  'memory.total',
  'memory.used',
  'utilization.gpu',
  'temperature.gpu',
  'power.draw',
  'mig.mode.current',
] as const;

/** Known to every driver in use; asked when an unknown field made the whole query fail. */
export const nvidiaFewerFields = nvidiaFields.slice(0, 7);

export const nvidiaProcessFields = ['gpu_uuid', 'pid', 'process_name', 'used_gpu_memory'] as const;

const timeoutSeconds = 15;
/** What a question may take in all, for the caller's own limit. */
export const nvidiaTimeoutSeconds = 3 * timeoutSeconds + 5;

/** Looks only. `setup` is sourced before each query, for hosts whose tool is not on the plain PATH. */
export function nvidiaQueryScript(setup = ''): string {
  return writeSections(nvidiaSections(setup));
}

export function nvidiaSections(setup: string): Section[] {
  return [
    { name: 'nvidia', script: `${setup}\nexec ${query('gpu', nvidiaFields)}`, timeoutSeconds },
    // Exit 2 of the section before is "not a valid field", the only failure that asking for less can mend.
    {
      name: 'nvidia-fewer',
      script: `test "$fleet_code" = 2 || exit 0\n${setup}\nexec ${query('gpu', nvidiaFewerFields)}`,
      timeoutSeconds,
      unlessHung: 'nvidia',
    },
    { name: 'nvidia-processes', script: `${setup}\n${askForHolders}`, timeoutSeconds, unlessHung: 'nvidia' },
  ];
}

/** The table that people read: the version of CUDA stands nowhere else, and it is there where the queries are too new for the tool. */
export function nvidiaTableSection(setup: string): Section {
  return { name: 'nvidia-table', script: `${setup}\nexec nvidia-smi`, timeoutSeconds, unlessHung: 'nvidia' };
}

function query(what: string, fields: readonly string[]): string {
  return `nvidia-smi --query-${what}=${fields.join(',')} --format=csv,noheader,nounits`;
}

/** Who holds a device, with what /proc says of each: the tool cuts names, and does not tell whose a process is. */
const askForHolders = `fleet_apps=$(${query('compute-apps', nvidiaProcessFields)})
fleet_status=$?
printf '%s\\n' "$fleet_apps"
printf '%s\\n' "$fleet_apps" | sed -n 's/^[^,]*, *\\([0-9][0-9]*\\),.*/\\1/p' | sort -u | while read -r fleet_pid; do
  fleet_user=$(ls -ld "/proc/$fleet_pid" 2>/dev/null | tr -s ' ' | cut -d' ' -f3)
  test -z "$fleet_user" || printf 'fleet-holder %s %s %s\\n' "$fleet_pid" "$fleet_user" "$(tr '\\000' ' ' 2>/dev/null <"/proc/$fleet_pid/cmdline" | tr '\\n' ' ' | cut -c1-300)"
done
exit $fleet_status`;
