import { nameCombination } from '../../queue/matrix.ts';
import { printable } from './printable.ts';

/** What an entry is called, and what a ladder has made of it since. */
export function renderEntryName({ name, changed }: { name: string; changed: Readonly<Record<string, string>> }): string {
  const then = nameCombination(changed);
  return printable(then === '' ? name : `${name}, then ${then}`);
}
