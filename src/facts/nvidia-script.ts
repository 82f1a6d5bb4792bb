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
    { name: 'nvidia', script: `${setup}\n${query('gpu', nvidiaFields)}`, timeoutSeconds },
    // Exit 2 of the section before is "not a valid field", the only failure that asking for less can mend.
    {
      name: 'nvidia-fewer',
      script: `test "$fleet_code" = 2 || exit 0\n${setup}\n${query('gpu', nvidiaFewerFields)}`,
      timeoutSeconds,
    },
    { name: 'nvidia-processes', script: `${setup}\n${query('compute-apps', nvidiaProcessFields)}`, timeoutSeconds },
  ];
}

function query(what: string, fields: readonly string[]): string {
  return `exec nvidia-smi --query-${what}=${fields.join(',')} --format=csv,noheader,nounits`;
}
