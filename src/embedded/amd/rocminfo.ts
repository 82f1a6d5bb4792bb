import type { AmdCards, AmdModel } from '../machines.ts';

/** What rocminfo prints of one processor and these cards. `override`: HSA_OVERRIDE_GFX_VERSION, which the library believes. */
export function formatRocminfo({ model, busIds }: AmdCards, override: string): string {
  const agents = [processor(), ...busIds.map((_, index) => card(model, index, overrideGfx(override) ?? model.gfx))];
  return [
    'ROCk module is loaded',
    '=====================    ',
    'HSA System Attributes    ',
    '=====================    ',
    'Runtime Version:         1.14',
    'Runtime Ext Version:     1.6',
    'System Timestamp Freq.:  1000.000000MHz',
    'Sig. Max Wait Duration:  18446744073709551615 (0xFFFFFFFFFFFFFFFF) (timestamp count)',
    'Machine Model:           LARGE                              ',
    'System Endianness:       LITTLE                             ',
    'Mwaitx:                  DISABLED',
    'DMAbuf Support:          YES',
    '',
    '==========               ',
    'HSA Agents               ',
    '==========               ',
    ...agents.flatMap((lines, index) => [
      '*******                  ',
      `Agent ${index + 1}                  `,
      '*******                  ',
      ...lines,
    ]),
    '*** Done ***             ',
    '',
  ].join('\n');
}

/** `10.3.0` is gfx1030, `9.0.10` is gfx90a. Null when it is not a version. */
function overrideGfx(text: string): string | null {
  const [major, minor, stepping] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number) ?? [];
  if (major === undefined || minor === undefined || stepping === undefined) return null;
  return `gfx${major}${minor.toString(16)}${stepping.toString(16)}`;
}

function processor(): string[] {
  return [
    ...properties([
      ['Name', 'AMD Ryzen 5 3600 6-Core Processor'],
      ['Uuid', 'CPU-XX'],
      ['Marketing Name', 'AMD Ryzen 5 3600 6-Core Processor'],
      ['Vendor Name', 'CPU'],
      ['Feature', 'None specified'],
      ['Profile', 'FULL_PROFILE'],
      ['Node', '0'],
      ['Device Type', 'CPU'],
      ['Chip ID', '0(0x0)'],
      ['Compute Unit', '12'],
    ]),
    ...pool(32_792_180, 'GLOBAL; FLAGS: COARSE GRAINED'),
    '  ISA Info:                ',
  ];
}

function card(model: AmdModel, index: number, gfx: string): string[] {
  return [
    ...properties([
      ['Name', gfx],
      ['Uuid', 'GPU-XX'],
      ['Marketing Name', model.name],
      ['Vendor Name', 'AMD'],
      ['Feature', 'KERNEL_DISPATCH'],
      ['Profile', 'BASE_PROFILE'],
      ['Node', String(index + 1)],
      ['Device Type', 'GPU'],
      ['Chip ID', withHex(model.chipId)],
      ['Compute Unit', String(model.computeUnits)],
      ['Wavefront Size', withHex(32)],
      ['Features', 'KERNEL_DISPATCH'],
    ]),
    ...pool(model.memoryMiB * 1024, 'GLOBAL; FLAGS: COARSE GRAINED'),
    '  ISA Info:                ',
    '    ISA 1                    ',
    `      Name:                    amdgcn-amd-amdhsa--${gfx}:xnack-`,
  ];
}

function properties(pairs: [string, string][]): string[] {
  return pairs.map(([name, value]) => `  ${`${name}:`.padEnd(25)}${value.padEnd(35)}`);
}

function pool(kilobytes: number, segment: string): string[] {
  return [
    '  Pool Info:               ',
    '    Pool 1                   ',
    `      Segment:                 ${segment}      `,
    `      Size:                    ${withHex(kilobytes)} KB             `,
    '      Allocatable:             TRUE                               ',
  ];
}

function withHex(value: number): string {
  return `${value}(0x${value.toString(16)})`;
}
