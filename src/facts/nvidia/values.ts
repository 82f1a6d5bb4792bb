import { readDecimal } from '../numbers.ts';

const unhealthyMarks = ['[gpu requires reset]', '[unknown error]', 'err!', '[gpu is lost]'];

const bytesPerUnit: Readonly<Record<string, number>> = { '': 2 ** 20, B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Whether a value says that the accelerator is in trouble. */
export function isUnhealthy(value: string): boolean {
  return unhealthyMarks.includes(value.trim().toLowerCase());
}

/** Text, or null for the many ways of saying that it is not known. */
export function readText(value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  return text === '' || text.startsWith('[') || ['n/a', 'err!', '-'].includes(text.toLowerCase()) ? null : text;
}

/** A plain number, with or without its unit (`5`, `5 %`, `71.20 W`); null for anything else. */
export function readNumber(value: string | undefined): number | null {
  return readDecimal(/^(\d+(?:\.\d+)?)\s*(?:%|W|C)?$/.exec(value?.trim() ?? '')?.[1]);
}

/** Bytes of `1234` (MiB, as the tool means it without units) or `1234 MiB`; null for anything else. */
export function readMemory(value: string | undefined): number | null {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMG]iB|B|)$/.exec(value?.trim() ?? '') ?? [];
  return readDecimal(amount, bytesPerUnit[unit]);
}
