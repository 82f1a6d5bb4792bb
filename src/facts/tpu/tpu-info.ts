import { readDecimal, readWhole } from '../numbers.ts';

interface TpuInfoChip {
  path: string;
  type: string | null;
  pids: number[];
}

export interface TpuInfo {
  chips: TpuInfoChip[];
  /** A row of the runtime's table, in its order: devices need not be numbered as chips are. */
  usage: { device: number; usedBytes: number | null; totalBytes: number | null; dutyPercent: number | null }[];
}

/** The tables of tpu-info, drawn in boxes or in Markdown. Without a workload it has no table of usage, which is no error. */
export function parseTpuInfo(text: string): TpuInfo {
  const info: TpuInfo = { chips: [], usage: [] };
  let table = '';
  for (const line of text.split('\n')) {
    const title = /\b(TPU Chips|TPU Runtime Utilization|TensorCore Utilization|TPU [A-Z][A-Za-z ]+)\b/.exec(line)?.[1];
    const cells = readCells(line);
    if (cells.length === 0 && title !== undefined) table = title;
    if (table === 'TPU Chips') info.chips.push(...readChip(cells));
    if (table === 'TPU Runtime Utilization') info.usage.push(...readUsage(cells));
  }
  return info;
}

function readCells(line: string): string[] {
  const parts = line.trim().split(/[│┃|]/);
  return parts.length < 3 ? [] : parts.slice(1, -1).map((cell) => cell.trim());
}

function readChip([path = '', type = '', , owners = '']: string[]): TpuInfoChip[] {
  if (!path.startsWith('/dev/')) return [];
  const pids = owners.split(',').flatMap((owner) => readWhole(owner.trim()) ?? []);
  return [{ path, type: type === '' ? null : type, pids }];
}

function readUsage([device = '', memory = '', duty = '']: string[]): TpuInfo['usage'] {
  const number = readWhole(device);
  if (number === null) return [];
  const [, used, total] = /^(\d+(?:\.\d+)?) GiB \/ (\d+(?:\.\d+)?) GiB$/.exec(memory) ?? [];
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(duty)?.[1];
  return [
    {
      device: number,
      usedBytes: readDecimal(used, 2 ** 30),
      totalBytes: readDecimal(total, 2 ** 30),
      dutyPercent: readDecimal(percent),
    },
  ];
}
