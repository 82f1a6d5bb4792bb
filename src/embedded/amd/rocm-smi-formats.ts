import type { AmdReading } from './readings.ts';
import { shareOfMemory } from './sections.ts';
import type { Section } from './sections.ts';

/** What was asked for. */
interface Shown {
  cards: Section[];
  system: { title: string; values: [name: string, value: string][] }[];
}

/** All values are text. */
export function formatJson({ cards, system }: Shown, readings: AmdReading[]): string {
  const entries = readings.map((reading) => [
    `card${reading.index}`,
    Object.fromEntries(cards.flatMap(({ read }) => read(reading))),
  ]);
  const all = Object.fromEntries(cards.length === 0 ? [] : entries) as Record<string, unknown>;
  if (system.length > 0) all['system'] = Object.fromEntries(system.flatMap(({ values }) => values));
  return `${JSON.stringify(all).replaceAll('":"', '": "').replaceAll('","', '", "').replaceAll('":{', '": {').replaceAll('},"', '}, "')}\n`;
}

/** A table of the cards, and one of the system. A comma inside a value is dropped. */
export function formatCsv({ cards, system }: Shown, readings: AmdReading[]): string {
  const table = (rows: { name: string; values: [string, string][] }[]) => {
    const head = ['device', ...(rows[0]?.values ?? []).map(([name]) => name)];
    return [head, ...rows.map(({ name, values }) => [name, ...values.map(([, value]) => value)])];
  };
  const rows = [
    ...(cards.length === 0
      ? []
      : table(readings.map((reading) => ({ name: `card${reading.index}`, values: cards.flatMap(({ read }) => read(reading)) })))),
    ...(cards.length > 0 && system.length > 0 ? [[]] : []),
    ...(system.length === 0 ? [] : table([{ name: 'system', values: system.flatMap(({ values }) => values) }])),
  ];
  return rows.map((row) => `${row.map((cell) => cell.replaceAll(',', '')).join(',')}\n`).join('');
}

const width = 90;

export function formatText({ cards, system }: Shown, readings: AmdReading[]): string {
  return [
    centre('ROCm System Management Interface', width),
    ...system.flatMap(({ title, values }) => [
      centre(title, width),
      ...values.map(([name, value]) => `${name}: ${value}`),
      '='.repeat(width),
    ]),
    ...cards.flatMap(({ title, read, spaced }) => [
      centre(title, width),
      ...readings.flatMap((reading) =>
        read(reading).map(([name, value]) => `GPU[${reading.index}]\t\t: ${name}: ${spaced === true ? '\t\t' : ''}${value}`),
      ),
      '='.repeat(width),
    ]),
    `${centre('End of ROCm SMI Log', width)}\n`,
  ].join('\n');
}

const conciseWidth = 122;

/** The table that the tool prints when it is asked for nothing. */
export function formatConcise(readings: AmdReading[]): string {
  return [
    centre('ROCm System Management Interface', conciseWidth),
    centre('Concise Info', conciseWidth),
    'Device  Node  IDs              Temp    Power  Partitions          SCLK  MCLK   Fan  Perf  PwrCap  VRAM%  GPU%  ',
    '              (DID,     GUID)  (Edge)  (Avg)  (Mem, Compute, ID)                                               ',
    '='.repeat(conciseWidth),
    ...readings.map((reading) => {
      const { index, model, temperatureC, powerWatts, utilizationPercent } = reading;
      const cells: [string, number][] = [
        [String(index), 8],
        [String(index + 1), 6],
        [`0x${model.chipId.toString(16)},   26927`, 17],
        [`${temperatureC.toFixed(1)}°C`, 8],
        [`${powerWatts.toFixed(1)}W`, 7],
        ['N/A, N/A, 0', 20],
        ['6Mhz', 6],
        ['96Mhz', 7],
        ['0%', 5],
        ['auto', 6],
        [`${model.limitWatts.toFixed(1)}W`, 8],
        [`${shareOfMemory(reading)}%`, 7],
        [`${utilizationPercent}%`, 6],
      ];
      return cells.map(([text, room]) => text.padEnd(room)).join('');
    }),
    '='.repeat(conciseWidth),
    `${centre('End of ROCm SMI Log', conciseWidth)}\n`,
  ].join('\n');
}

function centre(text: string, room: number): string {
  const left = Math.floor((room - text.length - 2) / 2);
  return `${'='.repeat(left)} ${text} ${'='.repeat(room - left - text.length - 2)}`;
}
