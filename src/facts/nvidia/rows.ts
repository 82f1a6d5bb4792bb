import { unknownAccelerator, type Accelerator, type AcceleratorProcess } from '../accelerators.ts';
import { readWhole } from '../numbers.ts';
import { nvidiaFewerFields, nvidiaFields, nvidiaProcessFields } from './script.ts';
import { isUnhealthy, readMemory, readNumber, readText } from './values.ts';

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
    const index = values === null ? null : readWhole(values[0]);
    if (values !== null && index !== null) listed.accelerators.push(readAccelerator(values, fields, index));
    else if (!line.startsWith('index,')) listed.others.push(line);
  }
  return listed;
}

/** Rows of the process query; a header, or a sentence that there are none, is no row. */
export function parseProcessRows(text: string): ListedProcess[] {
  return splitLines(text).flatMap((line) => {
    const values = splitAroundName(line, nvidiaProcessFields.length, nvidiaProcessFields.indexOf('process_name'));
    if (values === null || values[0] === 'gpu_uuid') return [];
    const [uuid, pid, name, memory] = values;
    return [{ uuid: readText(uuid), pid: readWhole(pid), user: null, command: readText(name), memoryBytes: readMemory(memory) }];
  });
}

export const queriedFields = { all: nvidiaFields, fewer: nvidiaFewerFields };

function readAccelerator(values: string[], fields: readonly string[], index: number): Accelerator {
  const value = (field: (typeof nvidiaFields)[number]) => values[fields.indexOf(field)];
  const mode = readText(value('mig.mode.current'));
  const trouble = fields.filter((_, at) => isUnhealthy(values[at] ?? ''));
  return {
    ...unknownAccelerator('nvidia'),
    model: readText(value('name')),
    index,
    uuid: readText(value('uuid')),
    memoryBytes: readMemory(value('memory.total')),
    memoryUsedBytes: readMemory(value('memory.used')),
    utilization: readNumber(value('utilization.gpu')),
    temperature: readNumber(value('temperature.gpu')),
    power: readNumber(value('power.draw')),
    driver: readText(value('driver_version')),
    sliced: mode === null ? null : mode === 'Enabled',
    healthy: trouble.length === 0,
    notes: trouble.map((field) => `${field}: ${values[fields.indexOf(field)] ?? ''}`),
  };
}

/** Only the name may hold commas, so a line is split from both ends. Null when it has too few values. */
function splitAroundName(line: string, count: number, nameAt: number): string[] | null {
  const parts = line.split(',');
  const surplus = parts.length - count;
  if (surplus < 0) return null;
  const name = parts.slice(nameAt, nameAt + surplus + 1).join(',');
  return [...parts.slice(0, nameAt), name, ...parts.slice(nameAt + surplus + 1)].map((part) => part.trim());
}

function splitLines(text: string): string[] {
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}
