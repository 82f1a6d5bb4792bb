import type { CardUse } from '../card-use.ts';
import type { TpuSlice } from '../machines.ts';

/** What libtpu leaves to programs of the 32 GiB of a v4 chip. */
const usableGiB = 30.75;

/** The tables of tpu-info as it draws them. One process has all chips of a worker; without one nothing is measured. */
export function drawTpuInfo(slice: TpuSlice, use: CardUse | null): string {
  const chips = Array.from({ length: slice.chipsPerWorker }, (_, index) => index);
  const owner = use === null ? 'None' : String(use.pid);
  const rows = chips.map((chip) => [`/dev/accel${chip}`, `${slice.model} chip`, '1', owner]);
  const table = draw('TPU Chips', ['Chip', 'Type', 'Devices', 'PID'], rows);
  if (use === null) return `${table}${unavailable}`;
  const used = `${(use.memoryMiB / 1024).toFixed(2)} GiB / ${usableGiB} GiB`;
  const usage = chips.map((chip) => [String(chip), used, `${use.utilizationPercent.toFixed(2)}%`]);
  return `${table}${draw('TPU Runtime Utilization', ['Device', 'HBM usage', 'Duty cycle'], usage)}`;
}

const unavailable = [
  '╭──────────────── Runtime Utilization Status ────────────────╮',
  '│ WARNING: Libtpu metrics unavailable. Is there a framework  │',
  '│ using the TPU?                                             │',
  '╰────────────────────────────────────────────────────────────╯',
]
  .map((line) => `${line}\n`)
  .join('');

function draw(title: string, head: string[], rows: string[][]): string {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: string[], border: string) =>
    `${border}${cells.map((cell, at) => ` ${cell.padEnd(widths[at] ?? 0)} `).join(border)}${border}`;
  const rule = ([left, middle, right]: [string, string, string], stroke: string) =>
    `${left}${widths.map((width) => stroke.repeat(width + 2)).join(middle)}${right}`;
  return [
    title,
    rule(['┏', '┳', '┓'], '━'),
    line(head, '┃'),
    rule(['┡', '╇', '┩'], '━'),
    ...rows.map((row) => line(row, '│')),
    rule(['└', '┴', '┘'], '─'),
  ]
    .map((text) => `${text}\n`)
    .join('');
}
