import { PretendFailure } from '../training/failure.ts';

/**
 * What PRETEND_SMI may ask of nvidia-smi. Those of one card take its index after an `@`, and the middle card without it: `lost@3`.
 *
 * - `hang`: no answer, and TERM is not heeded
 * - `lost`: one card is lost: a line in front of the others, exit 15
 * - `no-driver`: exit 9
 * - `mismatch`: the library and the driver are of two versions, exit 18
 * - `no-devices`: exit 6
 * - `old-driver`: driver 440, with its table and without the fields that came later
 * - `unknown`: what one card measures is `[Unknown Error]`
 * - `mig`: the cards are cut into slices
 */
const takesCard = new Map(
  Object.entries({
    hang: false,
    lost: true,
    'no-driver': false,
    mismatch: false,
    'no-devices': false,
    'old-driver': false,
    unknown: true,
    mig: false,
  }),
);

interface SmiFault {
  name: string;
  card: number | null;
}

export interface DriverWishes {
  fault: SmiFault | null;
  /** The version of the driver, where another was asked for. */
  driver: string | null;
}

const oldDriver = '440.33.01';

export function readDriverWishes(variables: Readonly<Record<string, string | undefined>>): DriverWishes {
  const fault = parseSmiFault(variables['PRETEND_SMI'] ?? '');
  const driver = variables['PRETEND_DRIVER'] ?? '';
  if (driver === '') return { fault, driver: fault?.name === 'old-driver' ? oldDriver : null };
  if (/^\d{2,4}(\.\d+){1,2}$/.test(driver)) return { fault, driver };
  throw new PretendFailure(`PRETEND_DRIVER: expected a version such as 535.104.05, got "${driver}"`, 2);
}

function parseSmiFault(text: string): SmiFault | null {
  if (text === '') return null;
  const [name = '', card] = text.split('@');
  const known = takesCard.get(name);
  if (known === undefined || (card !== undefined && (!known || !/^\d{1,2}$/.test(card)))) {
    const names = [...takesCard].map(([each, takes]) => (takes ? `${each}[@CARD]` : each));
    throw new PretendFailure(`PRETEND_SMI: unknown fault "${text}", expected one of ${names.join(', ')}`, 2);
  }
  return { name, card: card === undefined ? null : Number(card) };
}
