/** Chips by PCI device id, first and last of a run of ids: what they are, whatever `HSA_OVERRIDE_GFX_VERSION` makes them say. */
const chips: readonly [first: number, last: number, architecture: string][] = [
  [0x67c0, 0x67df, 'gfx803'],
  [0x6860, 0x687f, 'gfx900'],
  [0x66a0, 0x66af, 'gfx906'],
  [0x738c, 0x738e, 'gfx908'],
  [0x7408, 0x7410, 'gfx90a'],
  [0x74a0, 0x74b9, 'gfx942'],
  [0x7310, 0x731f, 'gfx1010'],
  [0x7360, 0x7362, 'gfx1011'],
  [0x7340, 0x734f, 'gfx1012'],
  [0x73a0, 0x73bf, 'gfx1030'],
  [0x73c0, 0x73df, 'gfx1031'],
  [0x73e0, 0x73ff, 'gfx1032'],
  [0x7420, 0x743f, 'gfx1034'],
  [0x7448, 0x745e, 'gfx1100'],
  [0x7460, 0x747e, 'gfx1101'],
  [0x7480, 0x749f, 'gfx1102'],
];

/** Null for a chip that this list does not have. */
export function architectureOf(chip: string): string | null {
  const id = Number.parseInt(chip, 16);
  return chips.find(([first, last]) => first <= id && id <= last)?.[2] ?? null;
}
