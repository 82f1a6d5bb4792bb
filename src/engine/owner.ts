import type { Owner } from '../store/records.ts';

/** For what is kept for ever: the pid means nothing by then. */
export function describePerson(owner: Pick<Owner, 'user' | 'host'>): string {
  return `${owner.user}@${owner.host}`;
}

export function describeOwner(owner: Owner): string {
  return `${owner.user}@${owner.host} (pid ${owner.pid})`;
}
