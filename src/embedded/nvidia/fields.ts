import type { CardUse } from '../card-use.ts';
import { branchOf } from './driver.ts';
import type { Reading } from './readings.ts';

/** A column of a query: its heading, its unit, and its value in one row. */
export interface Field<Row> {
  /** Every name that the tool takes; the first that a driver knows is the heading. */
  names: string[];
  unit: string | null;
  read(row: Row): string;
}

export interface ProcessRow {
  use: CardUse;
  reading: Reading;
  nowMs: number;
}

export interface CardRow {
  reading: Reading;
  cardCount: number;
  driver: string;
  sliced: boolean;
  nowMs: number;
}

/** Names that came with a branch of the driver; all others are older than any in use. */
const newerNames: ReadonlyMap<string, number> = new Map(
  Object.entries({
    'mig.mode.current': 450,
    'mig.mode.pending': 450,
    'memory.reserved': 510,
    compute_cap: 510,
    'pcie.link.gen.gpucurrent': 510,
    'power.draw.average': 525,
    'power.draw.instant': 525,
    'clocks_event_reasons.active': 535,
  }),
);

export function isKnownTo(driver: string, name: string): boolean {
  return branchOf(driver) >= (newerNames.get(name) ?? 0);
}

/** Fields of `--query-gpu`. */
export const cardFields: Field<CardRow>[] = [
  field(['timestamp'], null, (row) => formatTimestamp(row.nowMs)),
  field(['index'], null, (row) => String(row.reading.card.index)),
  field(['count'], null, (row) => String(row.cardCount)),
  field(['name', 'gpu_name'], null, (row) => row.reading.card.model.name),
  field(['uuid', 'gpu_uuid'], null, (row) => row.reading.card.uuid),
  field(['serial', 'gpu_serial'], null, (row) => row.reading.card.serial),
  field(['driver_version'], null, (row) => row.driver),
  field(['pci.bus_id', 'gpu_bus_id'], null, (row) => row.reading.card.busId),
  field(['pcie.link.gen.current', 'pcie.link.gen.gpucurrent'], null, (row) => String(row.reading.card.model.pcieGeneration)),
  field(['pcie.link.width.current'], null, () => '16'),
  field(['compute_cap'], null, (row) => row.reading.card.model.computeCapability),
  field(['compute_mode'], null, () => 'Default'),
  field(['persistence_mode'], null, () => 'Enabled'),
  field(['display_active'], null, () => 'Disabled'),
  field(['mig.mode.current'], null, formatSlicing),
  field(['mig.mode.pending'], null, formatSlicing),
  field(['pstate'], null, () => 'P0'),
  measured(['fan.speed'], '%', ({ card }) => (card.model.fanPercent === null ? '[N/A]' : String(card.model.fanPercent))),
  measured(['temperature.gpu'], null, (reading) => String(reading.temperatureC)),
  measured(['utilization.gpu'], '%', (reading, sliced) => (sliced ? '[N/A]' : String(reading.utilizationPercent))),
  measured(['utilization.memory'], '%', (reading, sliced) =>
    sliced ? '[N/A]' : String(Math.round(reading.utilizationPercent / 2)),
  ),
  field(['memory.total'], 'MiB', (row) => String(row.reading.card.model.memoryMiB)),
  field(['memory.reserved'], 'MiB', () => '0'),
  measured(['memory.used'], 'MiB', (reading) => String(reading.memoryUsedMiB)),
  measured(['memory.free'], 'MiB', (reading) => String(reading.card.model.memoryMiB - reading.memoryUsedMiB)),
  measured(['power.draw', 'power.draw.average', 'power.draw.instant'], 'W', (reading) => reading.powerWatts.toFixed(2)),
  field(['power.limit', 'enforced.power.limit'], 'W', (row) => row.reading.card.model.limitWatts.toFixed(2)),
  measured(['clocks.current.sm', 'clocks.sm'], 'MHz', ({ utilizationPercent, card }) =>
    String(utilizationPercent > 0 ? card.model.smClockMHz : 210),
  ),
  measured(['clocks.current.memory', 'clocks.mem'], 'MHz', ({ card }) => String(card.model.memoryClockMHz)),
  field(['clocks_event_reasons.active', 'clocks_throttle_reasons.active'], null, () => '0x0000000000000000'),
  field(['ecc.errors.uncorrected.volatile.total'], null, formatErrorCount),
  field(['ecc.errors.corrected.volatile.total'], null, formatErrorCount),
];

/** Fields of `--query-compute-apps`. */
export const processFields: Field<ProcessRow>[] = [
  field(['timestamp'], null, (row) => formatTimestamp(row.nowMs)),
  field(['gpu_name'], null, (row) => row.reading.card.model.name),
  field(['gpu_bus_id'], null, (row) => row.reading.card.busId),
  field(['gpu_serial'], null, (row) => row.reading.card.serial),
  field(['gpu_uuid'], null, (row) => row.reading.card.uuid),
  field(['pid'], null, (row) => String(row.use.pid)),
  field(['process_name', 'name'], null, (row) => row.use.processName),
  field(['used_gpu_memory', 'used_memory'], 'MiB', (row) => String(row.use.memoryMiB)),
];

function field<Row>(names: string[], unit: string | null, read: (row: Row) => string): Field<Row> {
  return { names, unit, read };
}

/** What a card that cannot be read tells nothing of. */
function measured(names: string[], unit: string | null, read: (reading: Reading, sliced: boolean) => string): Field<CardRow> {
  return field(names, unit, ({ reading, sliced }) => (reading.unreadable ? '[Unknown Error]' : read(reading, sliced)));
}

function formatSlicing({ sliced, reading }: CardRow): string {
  if (sliced) return 'Enabled';
  return reading.card.model.slices ? 'Disabled' : '[N/A]';
}

function formatErrorCount({ reading }: CardRow): string {
  return reading.card.model.errorCorrection ? '0' : '[N/A]';
}

function formatTimestamp(nowMs: number): string {
  const [day, time] = new Date(nowMs).toISOString().split('T');
  return `${(day ?? '').replaceAll('-', '/')} ${(time ?? '').slice(0, 12)}`;
}
