import type { Size } from '../language/units.ts';

/** Drivers and error correction take a part of a card's memory: 16,160 MiB is a 16 GB card, 45 GiB a 48 GB one. */
export const memoryTolerance = 0.08;

/** Whether a card has every word of the wanted model: "A100" is in "NVIDIA A100-SXM4-80GB", "A10" is not. */
export function holdsModel(model: string, wanted: string): boolean {
  const words = splitWords(model);
  return splitWords(wanted).every((word) => words.includes(word));
}

export function isAtLeast(bytes: number, wanted: Size): boolean {
  return bytes >= nominalBytes(wanted) * (1 - memoryTolerance);
}

export function isAbout(bytes: number, wanted: Size): boolean {
  return isAtLeast(bytes, wanted) && bytes <= nominalBytes(wanted) * (1 + memoryTolerance);
}

/** Makers sell cards by GB and mean GiB, so "80GB" of a card is the card with about 80 GiB. */
function nominalBytes({ bytes, text }: Size): number {
  const soldAs = /^([\d.]+)\s*GB$/.exec(text)?.[1];
  return soldAs === undefined ? bytes : Number(soldAs) * 2 ** 30;
}

function splitWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
