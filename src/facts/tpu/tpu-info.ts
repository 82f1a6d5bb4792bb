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
  /** Where libtpu itself says which process has all the chips. */
  busy: { pid: number; message: string } | null;
}

/** As newer and older versions call it. */
const usageTitles = ['TPU Runtime Utilization', 'TPU Chip Utilization', 'TPU Utilization'];

/** The tables of tpu-info, drawn in boxes or in Markdown. Without a workload its table of usage is missing, or tells nothing, which is no error. */
export function parseTpuInfo(text: string): TpuInfo {
  const info: TpuInfo = { chips: [], usage: [], busy: readBusy(text) };
  const isMeasured = !/Libtpu metrics unavailable/i.test(text);
  let table = '';
  for (const line of text.split('\n')) {
    const title = /\b(TPU Chips|TensorCore Utilization|TPU [A-Z][A-Za-z ]+)\b/.exec(line)?.[1];
    const cells = readCells(line);
    if (cells.length === 0 && title !== undefined) table = title;
    if (table === 'TPU Chips') info.chips.push(...readChip(cells));
    if (isMeasured && usageTitles.includes(table)) info.usage.push(...readUsage(cells));
  }
  return info;
}

function readBusy(text: string): TpuInfo['busy'] {
  const [message = '', digits] = /^.*TPU is already in use by process with pid (\d+).*$/m.exec(text) ?? [];
  const pid = readWhole(digits);
  return pid === null ? null : { pid, message: message.trim().slice(0, 300) };
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
  // Every chip has memory: where a row tells of none, nothing was measured.
  if (total !== undefined && Number(total) === 0)
    return [{ device: number, usedBytes: null, totalBytes: null, dutyPercent: null }];
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
