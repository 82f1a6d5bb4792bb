import { holdersFunction } from '../holders.ts';
import type { Section } from '../sections.ts';

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

const limits = { tool: 'nvidia-smi', timeoutSeconds: 15 };

/** How the devices are doing. `setup` is sourced before each query, for hosts whose tool is not on the plain PATH. */
export function nvidiaReadings(setup: string): Section[] {
  return [
    { name: 'nvidia', script: `${setup}\nexec ${query('gpu', nvidiaFields)}`, ...limits },
    // Exit 2 of the section before is "not a valid field", the only failure that asking for less can mend.
    {
      name: 'nvidia-fewer',
      script: `test "$fleet_code" = 2 || exit "$fleet_code"\n${setup}\nexec ${query('gpu', nvidiaFewerFields)}`,
      ...limits,
    },
  ];
}

/** What else there is to know: the table alone tells the version of CUDA, and answers where no query does. */
export function nvidiaDetails(setup: string): Section[] {
  return [
    { name: 'nvidia-table', script: `test "$fleet_code" != 127 || exit 127\n${setup}\nexec nvidia-smi`, ...limits },
    { name: 'nvidia-processes', script: `test "$fleet_code" != 127 || exit 127\n${setup}\n${processes}`, ...limits },
  ];
}

const processes = `${holdersFunction}
fleet_rows=$(${query('compute-apps', nvidiaProcessFields)})
fleet_code=$?
printf '%s\\n' "$fleet_rows"
# Words, one a pid.
# shellcheck disable=SC2046
fleet_holders $(printf '%s\\n' "$fleet_rows" | sed -n 's/^[^,]*, *\\([0-9][0-9]*\\), .*/\\1/p')
exit "$fleet_code"`;

function query(what: string, fields: readonly string[]): string {
  return `nvidia-smi --query-${what}=${fields.join(',')} --format=csv,noheader,nounits`;
}
