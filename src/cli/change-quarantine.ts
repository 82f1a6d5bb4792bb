import { rfc3339 } from '../clock.ts';
import { describePerson } from '../engine/owner.ts';
import { usageError } from '../errors.ts';
import type { Quarantine } from '../store/check-records.ts';
import type { Context } from './context.ts';

export interface QuarantineDocument {
  /** Those of the hosts asked about that are out of use now. */
  quarantines: { host: string; reason: string; by: string; at: string }[];
  lifted: string[];
}

export type QuarantineWish = { kind: 'show' } | { kind: 'lift' } | { kind: 'put'; reason: string };

/** A host that is not in the inventory any more can still be put back. */
export async function changeQuarantine(
  context: Context,
  pattern: string | undefined,
  wish: QuarantineWish,
): Promise<QuarantineDocument> {
  const { readOwner } = await import('../store/owner.ts');
  const store = wish.kind === 'show' ? await context.openStoreToLook() : await context.openStore();
  const held = store?.listQuarantines() ?? [];
  const isHeld = held.some(({ host }) => host === pattern);
  const names = pattern === undefined ? null : isHeld ? [pattern] : (await context.selectHosts(pattern)).map(({ name }) => name);
  if (wish.kind === 'show' || names === null) return describe(held, names, []);
  const [by, at] = [describePerson(readOwner()), context.clock.now()];
  const opened = await context.openStore();
  if (wish.kind === 'lift') {
    const lifted = names.filter((host) => opened.liftQuarantine(host, by, at) !== null);
    if (lifted.length === 0) throw usageError('not-in-quarantine', `${names.join(', ')}: not in quarantine`);
    return describe(opened.listQuarantines(), names, lifted);
  }
  const { reason } = wish;
  const already = names.filter((host) => !opened.quarantine({ host, reason, by, at }));
  if (already.length > 0) {
    const [first] = held.filter(({ host }) => already.includes(host));
    throw usageError(
      'in-quarantine',
      `${already.join(', ')}: in quarantine already: ${first?.reason ?? ''}, by ${first?.by ?? ''}`,
      ['lift it first, to give another reason'],
    );
  }
  return describe(opened.listQuarantines(), names, []);
}

/** Of one host; null: it is in use. */
export function findQuarantine(
  quarantines: QuarantineDocument['quarantines'],
  name: string,
): Omit<QuarantineDocument['quarantines'][number], 'host'> | null {
  const found = quarantines.find(({ host }) => host === name);
  return found === undefined ? null : { reason: found.reason, by: found.by, at: found.at };
}

function describe(held: readonly Quarantine[], names: readonly string[] | null, lifted: string[]): QuarantineDocument {
  const shown = held.filter(({ host }) => names === null || names.includes(host));
  return { quarantines: shown.map((quarantine) => ({ ...quarantine, at: rfc3339(quarantine.at) })), lifted };
}
