import { parseCell } from '../cells.ts';
import { snakeCase, type Columns } from './figures.ts';

export interface Bar {
  description: string;
  step: number;
  steps: number | null;
  /** Inside of its brackets. */
  rest: string;
}

/** A state of a progress bar of tqdm: `Loading:  50%|█████     | 1/2 [00:16<00:16, 16.11s/it]`, or `7it [00:03, 2.1it/s]` where the end is not known. */
export function readBar(line: string): Bar | null {
  const bar = /(\d{1,3})%\|[^|]{0,400}\| ?([\d.,]{1,20}[kMG]?)\/([\d.,]{1,20}[kMG]?) \[([^[\]]{0,400})\]/.exec(line);
  if (bar !== null) {
    const [, , step = '', steps = '', rest = ''] = bar;
    return { description: describe(line.slice(0, bar.index)), step: count(step), steps: count(steps), rest };
  }
  const open = /(?:^|: )([\d.,]{1,20}[kMG]?)it \[([^[\]]{0,400})\]/.exec(line);
  if (open === null) return null;
  const [, step = '', rest = ''] = open;
  return { description: describe(line.slice(0, open.index)), step: count(step), steps: null, rest };
}

export function readTqdm(line: string): Columns | null {
  const bar = readBar(line);
  if (bar === null || !Number.isFinite(bar.step)) return null;
  const columns: Columns = { description: bar.description, step: bar.step };
  if (bar.steps !== null) columns['steps'] = bar.steps;
  const [, rate = '', ...others] = bar.rest.split(', ');
  const speed = readSpeed(rate);
  if (speed !== null) columns['it_per_s'] = speed;
  for (const part of others) {
    const [name = '', ...value] = part.split('=');
    if (value.length > 0) columns[snakeCase(name)] = parseCell(value.join('='));
  }
  return columns;
}

function describe(text: string): string {
  return text.trim().replace(/:$/, '');
}

function count(text: string): number {
  const [, figure = text, unit = ''] = /^(.*?)([kMG]?)$/.exec(text) ?? [];
  const scale = { k: 1e3, M: 1e6, G: 1e9 }[unit] ?? 1;
  return Number(figure.replaceAll(',', '')) * scale;
}

/** Below one a second tqdm turns the rate over. */
function readSpeed(text: string): number | null {
  const [, figure = '', unit = ''] = /^([\d.]+)(s\/\w+|\w+\/s)$/.exec(text.trim()) ?? [];
  const value = Number(figure);
  if (figure === '' || !(value > 0)) return null;
  return unit.startsWith('s/') ? 1 / value : value;
}
