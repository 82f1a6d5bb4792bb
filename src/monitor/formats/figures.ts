import { parseCell, type Cell } from '../cells.ts';

export type Columns = Record<string, unknown>;

/** `elapsed time per iteration (ms)` is `elapsed_time_per_iteration_ms`. */
export function snakeCase(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');
}

/** A number without its unit; text stays text. */
export function readFigure(text: string): Cell {
  const [, figure = text] = /^(\S+?)(?:ms|s|%|GiB)$/.exec(text) ?? [];
  const cell = parseCell(figure);
  return typeof cell === 'string' ? text.trim() : cell;
}

/** `name: value | name: value`, as NeMo and Megatron write it. */
export function readBarred(text: string): Columns {
  const columns: Columns = {};
  for (const part of text.split('|')) {
    const colon = part.lastIndexOf(':');
    const name = snakeCase(part.slice(0, Math.max(0, colon)));
    const value = part.slice(colon + 1).trim();
    if (name !== '' && value !== '') columns[name] = parseCell(value);
  }
  return columns;
}

/** `name:value name: value`, as torchtitan, llm.c and the speed runs of nanoGPT write it. Values hold no blanks. */
export function readSpaced(text: string): Columns {
  const columns: Columns = {};
  for (const [, name = '', value = ''] of text.matchAll(/(?<!\w)([A-Za-z]\w*):\s*([^\s:]+)(?=\s|$)/g))
    columns[snakeCase(name)] = readFigure(value);
  return columns;
}
