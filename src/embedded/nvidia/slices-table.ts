import type { Reading } from './readings.ts';
import { listSlices } from './slices.ts';

/** The block of slices in a table whose lines have room for `inner` characters. */
export function formatSlices(readings: Reading[], inner: number): string[] {
  const room = inner - 55;
  const widths = [18, room, 11, 23];
  const rule = (fill: string) => widths.map((width) => fill.repeat(width)).join('+');
  const row = (...texts: string[]) => `|${texts.map((text, index) => text.padEnd(widths[index] ?? 0)).join('|')}|`;
  const right = (text: string) => `${text.padStart(room - 1)} `;
  return [
    `+${'-'.repeat(inner)}+`,
    `|${' MIG devices:'.padEnd(inner)}|`,
    `+${rule('-')}+`,
    row(' GPU  GI  CI  MIG', right('Memory-Usage'), '        Vol', '      Shared'),
    row('      ID  ID  Dev', right('BAR1-Usage'), ' SM     Unc', ' CE ENC  DEC  OFA  JPG'),
    row('', '', '        ECC', ''),
    `|${rule('=')}|`,
    ...readings.flatMap(({ card }) =>
      listSlices(card).flatMap(({ device, memoryMiB }) => [
        row(
          ` ${String(card.index).padStart(2)}  ${String(device + 1).padStart(3)}   0  ${String(device).padStart(2)}`,
          right(`12MiB / ${memoryMiB}MiB`),
          ' 42      0',
          '  3   0    2    0    0',
        ),
        row('', right('0MiB / 65535MiB'), '', ''),
        `+${rule('-')}+`,
      ]),
    ),
  ];
}
