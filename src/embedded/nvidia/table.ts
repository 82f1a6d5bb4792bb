import { cudaVersion, driverVersion } from './cards.ts';
import type { CardUse } from './card-use.ts';
import type { Reading } from './readings.ts';

/** The table that the tool prints when it is asked for nothing, as driver 550 lays it out. */
export function formatTable(readings: Reading[], nowMs: number): string[] {
  return [
    formatClock(nowMs),
    full('-'),
    line(
      ` NVIDIA-SMI ${driverVersion.padEnd(22)} Driver Version: ${driverVersion.padEnd(14)} CUDA Version: ${cudaVersion.padEnd(8)} `,
    ),
    '|-----------------------------------------+------------------------+----------------------+',
    '| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |',
    '| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |',
    '|                                         |                        |               MIG M. |',
    '|=========================================+========================+======================|',
    ...readings.flatMap(formatCard),
    ' '.repeat(91),
    full('-'),
    line(' Processes:'),
    line('  GPU   GI   CI        PID   Type   Process name                              GPU Memory '),
    line('        ID   ID                                                               Usage      '),
    `|${'='.repeat(inner)}|`,
    ...formatProcesses(readings.flatMap((reading) => reading.uses)),
    full('-'),
  ];
}

const inner = 89;

function formatCard(reading: Reading): string[] {
  const { card } = reading;
  const power = `${Math.round(reading.powerWatts)}W / ${String(card.powerLimitWatts).padStart(4)}W`;
  const memory = `${reading.memoryUsedMiB}MiB / ${String(card.memoryTotalMiB).padStart(6)}MiB`;
  return [
    `| ${String(card.index).padStart(3)}  ${card.name.padEnd(31)}On  | ${`${card.busId} Off`.padStart(22)} | ${'0'.padStart(20)} |`,
    `| N/A  ${String(reading.temperatureC).padStart(3)}C    P0  ${power.padStart(22)} | ${memory.padStart(22)} | ${`${reading.utilizationPercent}%`.padStart(7)}${'Default'.padStart(13)} |`,
    `|${' '.repeat(41)}|${' '.repeat(24)}| ${'Disabled'.padStart(20)} |`,
    '+-----------------------------------------+------------------------+----------------------+',
  ];
}

function formatProcesses(uses: CardUse[]): string[] {
  if (uses.length === 0) return [line('  No running processes found')];
  return uses.map((use) => {
    const start = `${String(use.card).padStart(5)}   N/A  N/A ${String(use.pid).padStart(9)}      C   `;
    const memory = `${use.memoryMiB}MiB `;
    const room = inner - start.length - memory.length - 2;
    return line(`${start}${cut(use.processName, room).padEnd(room)}  ${memory}`);
  });
}

/** Long names lose their front, as in the real table. */
function cut(name: string, room: number): string {
  return name.length <= room ? name : `...${name.slice(name.length - room + 3)}`;
}

function line(text: string): string {
  return `|${text.padEnd(inner)}|`;
}

function full(fill: string): string {
  return `+${fill.repeat(inner)}+`;
}

function formatClock(nowMs: number): string {
  const [weekday, day, month, year, time] = new Date(nowMs).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`.padEnd(31);
}
