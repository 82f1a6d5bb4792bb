import { unknownAccelerator, type Accelerator, type AcceleratorProcess } from '../accelerators.ts';
import { readWhole } from '../numbers.ts';
import { isUnhealthy, readMemory, readNumber, readText } from './values.ts';

/** What the table of `nvidia-smi` without arguments says. */
export interface NvidiaTable {
  driver: string | null;
  cuda: string | null;
  accelerators: Accelerator[];
  /** By index of the accelerator; only those that compute. Null when the table has no list of them. */
  processes: { index: number; process: AcceleratorProcess }[] | null;
  /** Lines that are not of the table. */
  others: string[];
}

const busId = /\b([0-9A-Fa-f]{4,8}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f])\b/;
/** Index, name, and persistence mode; the second cell of the line has the bus. */
const nameCell = /^\s*(\d+)\s+(\S.*?)\s+(?:On|Off|N\/A|ERR!)\s*$/;
/** Tables before driver 440 have no columns for slices. */
const processRow = /^\|\s+(\d+)\s+(?:(?:N\/A|\d+)\s+(?:N\/A|\d+)\s+)?(\d+)\s+(C|G|C\+G|M\+C)\s+(\S.*?)\s+(\d+MiB|N\/A)\s+\|$/;

/**
 * Tables of every width, told by their cells and never by columns. Lines of other kinds, as of a lost device, may stand between. Rows below
 * "MIG devices" are slices, not accelerators.
 */
export function parseNvidiaTable(text: string): NvidiaTable {
  const lines = text.split('\n').map((line) => line.trim());
  const header = lines.find((line) => /^\|\s*NVIDIA-SMI\s/.test(line)) ?? '';
  const driver = readVersion(/(?:Driver|KMD) Version:\s*(\S+)/.exec(header)?.[1]);
  const cuda = readVersion(/CUDA (?:UMD )?Version:\s*(\S+)/.exec(header)?.[1]);
  const accelerators: Accelerator[] = [];
  const processes: NonNullable<NvidiaTable['processes']> = [];
  let part: 'devices' | 'slices' | 'processes' = 'devices';
  let open: Accelerator | null = null;
  for (const line of lines) {
    if (line.startsWith('| MIG devices')) part = 'slices';
    if (line.startsWith('| Processes:')) part = 'processes';
    const cells = line.startsWith('|') ? line.split('|').slice(1, -1) : [];
    if (part === 'processes') processes.push(...readProcess(line));
    if (part !== 'devices' || cells.length !== 3) continue;
    const begun = beginAccelerator(cells, driver, cuda);
    if (begun !== null) accelerators.push((open = begun));
    else if (open !== null) readCells(open, cells);
  }
  const others = lines.filter((line) => line !== '' && !/^[|+]/.test(line));
  return { driver, cuda, accelerators, processes: part === 'processes' ? processes : null, others };
}

function beginAccelerator(cells: string[], driver: string | null, runtime: string | null): Accelerator | null {
  const [, index, name] = nameCell.exec(cells[0] ?? '') ?? [];
  const bus = busId.exec(cells[1] ?? '')?.[1];
  if (index === undefined || bus === undefined) return null;
  const model = readText(name);
  const accelerator = { ...unknownAccelerator('nvidia'), model, index: readWhole(index), busId: bus, driver, runtime };
  noteTrouble(accelerator, cells);
  return accelerator;
}

function readCells(accelerator: Accelerator, cells: string[]): void {
  const [left = '', middle = '', right = ''] = cells;
  const [, used, total] = /(\S+)\s*\/\s*(\S+)/.exec(middle) ?? [];
  if (total !== undefined) {
    accelerator.memoryUsedBytes = readMemory(used);
    accelerator.memoryBytes = readMemory(total);
    accelerator.utilization = readNumber(/^\s*(\d+%)/.exec(right)?.[1]);
    accelerator.temperature = readNumber(/\s(\d+C)\s/.exec(left)?.[1]);
    accelerator.power = readNumber(/\s(\d+W)\s*\//.exec(left)?.[1]);
  } else if (left.trim() === '' && middle.trim() === '') {
    const mode = readText(right);
    if (mode !== null) accelerator.sliced = mode === 'Enabled';
  }
  noteTrouble(accelerator, cells);
}

/** `ERR!` in any cell, or a sentence in place of the memory. */
function noteTrouble(accelerator: Accelerator, cells: string[]): void {
  const words = cells.flatMap((cell) => cell.trim().split(/\s+/));
  const sentence = cells.map((cell) => cell.trim()).find((cell) => /is lost|requires reset|unknown error/i.test(cell));
  if (sentence === undefined && !words.some(isUnhealthy)) return;
  const note = sentence ?? 'nvidia-smi shows ERR!';
  accelerator.healthy = false;
  if (!accelerator.notes.includes(note)) accelerator.notes.push(note);
}

function readProcess(line: string): NonNullable<NvidiaTable['processes']> {
  const [, index, pid, type, name, memory] = processRow.exec(line) ?? [];
  const at = readWhole(index);
  if (at === null || type === 'G') return [];
  const process = { pid: readWhole(pid), user: null, command: readText(name), memoryBytes: readMemory(memory) };
  return [{ index: at, process }];
}

function readVersion(text: string | undefined): string | null {
  return text !== undefined && /^\d+(?:\.\d+)*$/.test(text) ? text : null;
}
