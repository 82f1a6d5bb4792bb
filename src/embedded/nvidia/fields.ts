import { driverVersion } from './cards.ts';
import type { CardUse } from './card-use.ts';
import type { Reading } from './readings.ts';

/** A column of a query: its heading, its unit, and its value in one row. */
export interface Field<Row> {
  heading: string;
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
  nowMs: number;
}

/** Fields of `--query-gpu`, by every name that the tool takes. */
export const cardFields: ReadonlyMap<string, Field<CardRow>> = byName<CardRow>([
  [['timestamp'], null, (row) => formatTimestamp(row.nowMs)],
  [['index'], null, (row) => String(row.reading.card.index)],
  [['count'], null, (row) => String(row.cardCount)],
  [['name', 'gpu_name'], null, (row) => row.reading.card.name],
  [['uuid', 'gpu_uuid'], null, (row) => row.reading.card.uuid],
  [['serial', 'gpu_serial'], null, (row) => row.reading.card.serial],
  [['driver_version'], null, () => driverVersion],
  [['pci.bus_id', 'gpu_bus_id'], null, (row) => row.reading.card.busId],
  [['pcie.link.gen.current', 'pcie.link.gen.gpucurrent'], null, () => '4'],
  [['pcie.link.width.current'], null, () => '16'],
  [['compute_cap'], null, () => '8.0'],
  [['compute_mode'], null, () => 'Default'],
  [['persistence_mode'], null, () => 'Enabled'],
  [['display_active'], null, () => 'Disabled'],
  [['mig.mode.current'], null, () => 'Disabled'],
  [['mig.mode.pending'], null, () => 'Disabled'],
  [['pstate'], null, () => 'P0'],
  [['fan.speed'], '%', () => '[N/A]'],
  [['temperature.gpu'], null, (row) => String(row.reading.temperatureC)],
  [['utilization.gpu'], '%', (row) => String(row.reading.utilizationPercent)],
  [['utilization.memory'], '%', (row) => String(Math.round(row.reading.utilizationPercent / 2))],
  [['memory.total'], 'MiB', (row) => String(row.reading.card.memoryTotalMiB)],
  [['memory.reserved'], 'MiB', () => '0'],
  [['memory.used'], 'MiB', (row) => String(row.reading.memoryUsedMiB)],
  [['memory.free'], 'MiB', (row) => String(row.reading.card.memoryTotalMiB - row.reading.memoryUsedMiB)],
  [['power.draw', 'power.draw.average', 'power.draw.instant'], 'W', (row) => row.reading.powerWatts.toFixed(2)],
  [['power.limit', 'enforced.power.limit'], 'W', (row) => row.reading.card.powerLimitWatts.toFixed(2)],
  [['clocks.current.sm', 'clocks.sm'], 'MHz', (row) => (row.reading.utilizationPercent > 0 ? '1410' : '210')],
  [['clocks.current.memory', 'clocks.mem'], 'MHz', () => '1512'],
  [['clocks_event_reasons.active', 'clocks_throttle_reasons.active'], null, () => '0x0000000000000000'],
  [['ecc.errors.uncorrected.volatile.total'], null, () => '0'],
  [['ecc.errors.corrected.volatile.total'], null, () => '0'],
]);

/** Fields of `--query-compute-apps`. */
export const processFields: ReadonlyMap<string, Field<ProcessRow>> = byName<ProcessRow>([
  [['timestamp'], null, (row) => formatTimestamp(row.nowMs)],
  [['gpu_name'], null, (row) => row.reading.card.name],
  [['gpu_bus_id'], null, (row) => row.reading.card.busId],
  [['gpu_serial'], null, (row) => row.reading.card.serial],
  [['gpu_uuid'], null, (row) => row.reading.card.uuid],
  [['pid'], null, (row) => String(row.use.pid)],
  [['process_name', 'name'], null, (row) => row.use.processName],
  [['used_gpu_memory', 'used_memory'], 'MiB', (row) => String(row.use.memoryMiB)],
]);

/** The first name of each is the heading, whichever name was asked for. */
function byName<Row>(fields: [names: string[], unit: string | null, read: (row: Row) => string][]): Map<string, Field<Row>> {
  return new Map(
    fields.flatMap(([names, unit, read]) =>
      names.map((name): [string, Field<Row>] => [name, { heading: names[0] ?? name, unit, read }]),
    ),
  );
}

function formatTimestamp(nowMs: number): string {
  const [day, time] = new Date(nowMs).toISOString().split('T');
  return `${(day ?? '').replaceAll('-', '/')} ${(time ?? '').slice(0, 12)}`;
}
