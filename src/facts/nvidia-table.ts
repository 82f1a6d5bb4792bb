import type { Accelerator } from './accelerators.ts';
import { isUnhealthy, readMemory, readNumber, readText } from './nvidia-values.ts';

export interface NvidiaTable {
  driver: string | null;
  /** Of CUDA, the newest that the driver can do. */
  runtime: string | null;
  accelerators: Accelerator[];
}

/**
 * The table that people read, of every width: 79 columns (drivers up to 525), 87 and 91 (later ones), its rule lines of `-` with `|` or `+`, its
 * words `Driver Version` and `CUDA Version`, or `KMD Version` and `CUDA UMD Version`. Old ones cut the name of a device. Slices of a device are no
 * devices, and stand in a block of their own, whose rows have no bus id.
 */
export function parseNvidiaTable(text: string): NvidiaTable {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const driver = readText(/\b(?:Driver|KMD) Version: (\S+)/.exec(text)?.[1]);
  const runtime = readText(/\bCUDA (?:UMD )?Version: (\S+)/.exec(text)?.[1]);
  const accelerators = lines.flatMap((line, at) => {
    const device = readDevice(line);
    return device === null ? [] : [{ ...makeAccelerator(device, lines.slice(at + 1, at + 3)), driver, runtime }];
  });
  return { driver, runtime, accelerators };
}

interface Device {
  index: number;
  name: string;
  busId: string;
  cells: string[];
}

/** `|   0  NVIDIA A100 80GB PCIe          On  | 00000000:17:00.0 Off |                    0 |` */
function readDevice(line: string): Device | null {
  const match = /^\|\s+(\d{1,4})\s+(\S.*?)\s+(?:On|Off|N\/A)\s+\|\s*([0-9A-F]{4,8}:[0-9A-F]{2}:[0-9A-F]{2}\.[0-9A-F])\s/i.exec(
    line,
  );
  if (match === null) return null;
  const [, index = '', name = '', busId = ''] = match;
  return { index: Number(index), name, busId, cells: splitCells(line) };
}

function makeAccelerator(
  { index, name, busId, cells }: Device,
  [second = '', third = '']: string[],
): Omit<Accelerator, 'driver' | 'runtime'> {
  const [state = '', memory = '', load = ''] = splitCells(second);
  const [used, total] = memory.split('/');
  const words = [...cells, state, memory, load].flatMap((cell) => cell.split(/\s+/));
  const degrees = /(?:^|\s)(\d{1,3})C(?:\s|$)/.exec(state)?.[1];
  const watts = /(?:^|\s)(\d{1,5})W\s*\//.exec(state)?.[1];
  const percent = /^(\d{1,3})%/.exec(load.trim())?.[1];
  return {
    vendor: 'nvidia',
    model: name.endsWith('...') ? null : name,
    index,
    uuid: null,
    memoryBytes: readMemory(total),
    memoryUsedBytes: readMemory(used),
    utilization: readNumber(percent),
    temperature: readNumber(degrees),
    power: readNumber(watts),
    chip: null,
    busId,
    note: name.endsWith('...') ? `the tool cuts its name: "${name}"` : null,
    sliced: /\bEnabled\b/.test(third) ? true : /\b(?:Disabled|N\/A)\b/.test(third) ? false : null,
    healthy: !words.some(isUnhealthy),
    processes: null,
  };
}

function splitCells(line: string): string[] {
  return line.startsWith('|')
    ? line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim())
    : [];
}
