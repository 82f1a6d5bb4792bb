import type { Plot } from '../report/read-plots.ts';
import { escapeMarkup } from './markup.ts';

const [width, height] = [720, 180];
const margin = { left: 70, right: 10, top: 12, bottom: 24 };
const colors = ['#0969da', '#bf8700', '#1a7f37', '#8250df', '#cf222e', '#57606a', '#bc4c00', '#1b7c83'];

interface Bounds {
  low: number;
  high: number;
}

/** A series as a picture: the range of each stretch as an area, its middle as a line, the usual band behind. */
export function drawPlot({ name, over, band, lines }: Plot): string[] {
  const all = lines.flatMap(({ stretches }) => stretches);
  const x = bound(all.map((stretch) => stretch.x));
  const y = bound([
    ...all.flatMap(({ min, max }) => [min, max]),
    ...[band?.low, band?.high].filter((end) => typeof end === 'number'),
  ]);
  const px = (value: number) => margin.left + ((value - x.low) / (x.high - x.low)) * (width - margin.left - margin.right);
  const py = (value: number) =>
    height - margin.bottom - ((value - y.low) / (y.high - y.low)) * (height - margin.top - margin.bottom);
  const caption = `${name}${band === null ? '' : `, usually ${band.text}`}${lines.length > 1 ? `: ${lines.map((line) => line.name).join(', ')}` : ''}`;
  return [
    '<figure>',
    `<figcaption>${escapeMarkup(caption)}</figcaption>`,
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(caption)}">`,
    ...(band === null ? [] : [drawBand(band, y, py)]),
    ...lines.flatMap((line, index) => {
      const color = colors[index % colors.length] ?? 'currentColor';
      const top = line.stretches.map(({ x: at, max }) => `${round(px(at))},${round(py(max))}`);
      const bottom = line.stretches.map(({ x: at, min }) => `${round(px(at))},${round(py(min))}`).reverse();
      const middle = line.stretches.map(({ x: at, min, max }) => `${round(px(at))},${round(py((min + max) / 2))}`);
      return [
        `<polygon points="${[...top, ...bottom].join(' ')}" fill="${color}" opacity="0.25"/>`,
        `<polyline points="${middle.join(' ')}" fill="none" stroke="${color}" stroke-width="1.5"/>`,
      ];
    }),
    `<text x="${margin.left - 6}" y="${margin.top + 8}" text-anchor="end">${show(y.high)}</text>`,
    `<text x="${margin.left - 6}" y="${height - margin.bottom}" text-anchor="end">${show(y.low)}</text>`,
    `<text x="${margin.left}" y="${height - 6}">${over} ${show(x.low)}</text>`,
    `<text x="${width - margin.right}" y="${height - 6}" text-anchor="end">${show(x.high)}</text>`,
    '</svg>',
    '</figure>',
  ];
}

function drawBand(band: NonNullable<Plot['band']>, y: Bounds, py: (value: number) => number): string {
  const [top, bottom] = [py(band.high ?? y.high), py(band.low ?? y.low)];
  return `<rect x="${margin.left}" y="${round(top)}" width="${width - margin.left - margin.right}" height="${round(bottom - top)}" fill="#1a7f37" opacity="0.12"/>`;
}

/** Never of no width: a single value lies in the middle. */
function bound(values: number[]): Bounds {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return low === high ? { low: low - 1, high: high + 1 } : { low, high };
}

function round(value: number): string {
  return value.toFixed(1);
}

function show(value: number): string {
  return String(Number(value.toPrecision(5)));
}
