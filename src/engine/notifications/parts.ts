import type { EngineParts } from '../parts.ts';

/** What tells people: no way to a host is among it. */
export type NotifyParts = Pick<EngineParts, 'store' | 'clock' | 'logger' | 'owner' | 'environment'>;
