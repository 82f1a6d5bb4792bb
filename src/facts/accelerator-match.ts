import { formatSize, type Size } from '../language/units.ts';

/** Whether a card has every word of the wanted model: "A100" is in "NVIDIA A100-SXM4-80GB", "A10" is not. Null: old tables cut names off. */
export function holdsModel(model: string, wanted: string): boolean | null {
  const words = splitWords(model);
  if (splitWords(wanted).every((word) => words.includes(word))) return true;
  return model.endsWith('...') ? null : false;
}

/*
 * GB is 10^9 and GiB 2^30. A card is sold by GiB, and its driver and error correction keep a part: a T4 or A10G of "16 GB" and "24 GB" has
 * 15,109 and 22,731 MiB, an RTX A4000 16,376. Those are 1 % below the decimal size at most, and 8 % below the binary one; a card of the next
 * smaller size is further below.
 */
const tolerances = { decimal: 0.01, binary: 0.08 };

/** What is at most missing from a size, as a part of it. */
export function toleranceOf({ text }: Size): number {
  return /iB$/.test(text) ? tolerances.binary : tolerances.decimal;
}

export function isAtLeast(bytes: number, wanted: Size): boolean {
  return bytes >= wanted.bytes * (1 - toleranceOf(wanted));
}

/** Sold by GiB and named in GB, a card has up to 7.4 % more than it says. */
export function isAbout(bytes: number, wanted: Size): boolean {
  return isAtLeast(bytes, wanted) && bytes <= wanted.bytes * (1 + tolerances.binary);
}

/** `17.2 GB (16376 MiB)`: as fleet says it, and as the tools do. */
export function describeMemory(bytes: number): string {
  return `${formatSize(bytes)} (${Math.round(bytes / 2 ** 20)} MiB)`;
}

function splitWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
