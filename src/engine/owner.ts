import type { Owner } from '../store/records.ts';

export function describeOwner(owner: Owner): string {
  return `${owner.user}@${owner.host} (pid ${owner.pid})`;
}
