import type { CardUse } from '../card-use.ts';
import type { DriverState } from './driver-state.ts';
import { branchOf, cudaVersionOf } from './driver.ts';
import { chooseLayout } from './layouts.ts';
import type { Layout } from './layouts.ts';
import type { Reading } from './readings.ts';
import { formatSlices } from './slices-table.ts';

/** The table that the tool prints when it is asked for nothing, as the branch of the driver lays it out. */
export function formatTable(readings: Reading[], { driver, sliced, nowMs }: DriverState): string[] {
  const layout = chooseLayout(branchOf(driver));
  const inner = layout.name + layout.memory + layout.load + 2;
  const line = (text: string) => `|${text.padEnd(inner)}|`;
  const full = (fill: string) => `+${fill.repeat(inner)}+`;
  const cells = (...texts: string[]) => `|${texts.join('|')}|`;
  const rule = (fill: string, edge: string) =>
    `${edge}${[layout.name, layout.memory, layout.load].map((width) => fill.repeat(width)).join('+')}${edge === '|' && fill === '=' ? '|' : '+'}`;
  const version = ` NVIDIA-SMI ${driver.padEnd(layout.toolVersion)}Driver Version: ${driver.padEnd(layout.driverVersion)}CUDA Version: ${cudaVersionOf(driver)}`;
  return [
    formatClock(nowMs),
    full('-'),
    line(version),
    rule('-', layout.headRule),
    ...layout.headings.map((row) => cells(...row)),
    rule('=', '|'),
    ...readings.flatMap((reading) => [...formatCard(reading, sliced, layout).map((row) => cells(...row)), rule('-', '+')]),
    ' '.repeat(inner + 2),
    ...(sliced ? [...formatSlices(readings, inner), ' '.repeat(inner + 2)] : []),
    full('-'),
    ...layout.processHeadings.map(line),
    `|${'='.repeat(inner)}|`,
    ...formatProcesses(
      readings.flatMap((reading) => reading.uses),
      layout,
      inner,
    ).map(line),
    full('-'),
  ];
}

/** The rows of one card, cell by cell. */
function formatCard(reading: Reading, sliced: boolean, layout: Layout): string[][] {
  const { card, unreadable } = reading;
  const { model } = card;
  const read = (text: string) => (unreadable ? 'ERR!' : text);
  const fan = read(model.fanPercent === null ? 'N/A' : `${model.fanPercent}%`).padStart(4);
  const temperature = read(`${reading.temperatureC}C`).padStart(4);
  const power = `${read(`${Math.round(reading.powerWatts)}W`)} / ${String(model.limitWatts).padStart(layout.limitPower)}W`;
  const memory = `${reading.memoryUsedMiB}MiB / ${String(model.memoryMiB).padStart(layout.totalMemory)}MiB`;
  const load = sliced ? 'N/A' : read(`${reading.utilizationPercent}%`);
  const slicing = sliced ? 'Enabled' : model.slices ? 'Disabled' : 'N/A';
  const right = (text: string, width: number) => `${text.padStart(width - 1)} `;
  const rows = [
    [
      ` ${String(card.index).padStart(3)}  ${cutEnd(model.name, layout.modelName).padEnd(layout.modelRoom)}On`.padEnd(
        layout.name,
      ),
      right(`${card.busId} Off`, layout.memory),
      right(model.errorCorrection ? '0' : 'Off', layout.load),
    ],
    [
      `${fan}  ${temperature}    P0${right(power, layout.name - 16)}`,
      right(memory, layout.memory),
      right(`${load}${'Default'.padStart(13)}`, layout.load),
    ],
    [' '.repeat(layout.name), ' '.repeat(layout.memory), right(slicing, layout.load)],
  ];
  return rows.slice(0, layout.headings.length);
}

function formatProcesses(uses: CardUse[], { processInstances }: Layout, inner: number): string[] {
  if (uses.length === 0) return ['  No running processes found'];
  return uses.map((use) => {
    const instances = processInstances ? '   N/A  N/A' : '';
    const start = `${String(use.card).padStart(5)}${instances}${String(use.pid).padStart(10)}      C   `;
    const memory = `${use.memoryMiB}MiB `;
    const room = inner - start.length - memory.length - 2;
    return `${start}${cutFront(use.processName, room).padEnd(room)}  ${memory}`;
  });
}

/** Long names of programs lose their front, as in the real table. */
function cutFront(name: string, room: number): string {
  return name.length <= room ? name : `...${name.slice(name.length - room + 3)}`;
}

/** Long names of cards lose their end. */
function cutEnd(name: string, room: number): string {
  return name.length <= room ? name : `${name.slice(0, room - 3)}...`;
}

function formatClock(nowMs: number): string {
  const [weekday, day, month, year, time] = new Date(nowMs).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`.padEnd(31);
}
