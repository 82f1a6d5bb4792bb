import type { Accelerator, AcceleratorProcess } from './accelerators.ts';
import { nvidiaFewerFields, nvidiaFields, nvidiaProcessFields } from './nvidia-script.ts';
import { isUnhealthy, readMemory, readNumber, readText } from './nvidia-values.ts';

export interface ListedAccelerators {
  accelerators: Accelerator[];
  /** Lines that are no rows: complaints about lost devices, banners. */
  others: string[];
}

export interface ListedProcess extends AcceleratorProcess {
  uuid: string | null;
}

/** Rows of the device query, with all its fields or with fewer. Lines of other kinds may stand before and between. */
export function parseAcceleratorRows(text: string, fields: readonly string[]): ListedAccelerators {
  const listed: ListedAccelerators = { accelerators: [], others: [] };
  for (const line of splitLines(text)) {
    const values = splitAroundName(line, fields.length, fields.indexOf('name'));
    const index = values === null ? null : readNumber(values[0]);
    if (values !== null && index !== null) listed.accelerators.push(readAccelerator(values, fields, index));
    else if (!line.startsWith('index,')) listed.others.push(line);
  }
  return listed;
}

/** Rows of the process query; a header, or a sentence that there are none, is no row. */
export function parseProcessRows(text: string): ListedProcess[] {
  const lines = splitLines(text);
  const holders = new Map(lines.flatMap(readHolder));
  return lines.flatMap((line) => {
    if (line.startsWith(`${holderMark} `)) return [];
    const values = splitAroundName(line, nvidiaProcessFields.length, nvidiaProcessFields.indexOf('process_name'));
    if (values === null || values[0] === 'gpu_uuid') return [];
    const [uuid, pidText, name, memory] = values;
    const pid = readNumber(pidText);
    const { user = null, command = null } = (pid === null ? undefined : holders.get(pid)) ?? {};
    return [{ uuid: readText(uuid), pid, name: readText(name), memoryBytes: readMemory(memory), user, command }];
  });
}

const holderMark = 'fleet-holder';

/** `fleet-holder PID USER COMMAND`, as our own script tells of a process. */
function readHolder(line: string): [number, { user: string; command: string | null }][] {
  const match = /^fleet-holder (\d{1,10}) (\S+) ?(.*)$/.exec(line);
  if (match === null) return [];
  const [, pid = '', user = '', command = ''] = match;
  return [[Number(pid), { user, command: command.trim() === '' ? null : command.trim() }]];
}

export const queriedFields = { all: nvidiaFields, fewer: nvidiaFewerFields };

function readAccelerator(values: string[], fields: readonly string[], index: number): Accelerator {
  const value = (field: (typeof nvidiaFields)[number]) => values[fields.indexOf(field)];
  const mode = readText(value('mig.mode.current'));
  return {
    vendor: 'nvidia',
    model: readText(value('name')),
    index,
    uuid: readText(value('uuid')),
    memoryBytes: readMemory(value('memory.total')),
    memoryUsedBytes: readMemory(value('memory.used')),
    utilization: readNumber(value('utilization.gpu')),
    temperature: readNumber(value('temperature.gpu')),
    power: readNumber(value('power.draw')),
    driver: readText(value('driver_version')),
    runtime: null,
    chip: null,
    busId: null,
    note: null,
    sliced: mode === null ? null : mode === 'Enabled',
    healthy: !values.some(isUnhealthy),
    processes: null,
  };
}

/** Only the name may hold commas, so a line is split from both ends. Null when it has too few values. */
function splitAroundName(line: string, count: number, nameAt: number): string[] | null {
  const parts = line.split(',').map((part) => part.trim());
  const surplus = parts.length - count;
  if (surplus < 0) return null;
  const name = line
    .split(',')
    .slice(nameAt, nameAt + surplus + 1)
    .join(',')
    .trim();
  return [...parts.slice(0, nameAt), name, ...parts.slice(nameAt + surplus + 1)];
}

function splitLines(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}
