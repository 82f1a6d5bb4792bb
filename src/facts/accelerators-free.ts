import { formatSize } from '../language/units.ts';
import type { Accelerator } from './accelerators.ts';
import type { Facts } from './facts.ts';

/** Someone on an accelerator; pid and name null: memory is used and no process can be seen, as across containers. */
interface Holder {
  index: number | null;
  pid: number | null;
  name: string | null;
  memoryBytes: number | null;
  user: string | null;
  command: string | null;
}

/** `unknown` is no answer: it must never be taken for free. */
export type Freedom =
  { kind: 'free' } | { kind: 'held'; holders: Holder[]; message: string } | { kind: 'unknown'; message: string };

/** A driver keeps some memory of an idle card, and a desktop some more; above this somebody must be there. */
export const idleMemoryBytes = 2 ** 30;

export function acceleratorsFree(facts: Pick<Facts, 'accelerators'>): Freedom {
  const { accelerators: answer } = facts;
  if (answer.kind === 'failed') return { kind: 'unknown', message: answer.message };
  if (answer.kind === 'none') return { kind: 'unknown', message: 'there are no accelerators' };
  if (answer.kind === 'no-tool') return { kind: 'unknown', message: "no vendor's tool is there" };
  const holders = answer.accelerators.flatMap(findHolders);
  if (holders.length > 0) return { kind: 'held', holders, message: holders.map(describeHolder).join(', ') };
  const unknowns = answer.accelerators.flatMap(findUnknown);
  return unknowns.length > 0 ? { kind: 'unknown', message: unknowns.join(', ') } : { kind: 'free' };
}

function findHolders({ index, processes, memoryUsedBytes }: Accelerator): Holder[] {
  const seen = (processes ?? []).map((process) => ({ index, ...process }));
  if (seen.length > 0 || memoryUsedBytes === null || memoryUsedBytes <= idleMemoryBytes) return seen;
  return [{ index, pid: null, name: null, memoryBytes: memoryUsedBytes, user: null, command: null }];
}

function findUnknown({ index, processes, memoryUsedBytes }: Accelerator): string[] {
  if (memoryUsedBytes === null) return [`the used memory of accelerator ${index ?? '?'} is not known`];
  return processes === null ? [`the processes on accelerator ${index ?? '?'} are not known`] : [];
}

function describeHolder({ index, pid, name, memoryBytes, user, command }: Holder): string {
  const memory = memoryBytes === null ? '' : ` using ${formatSize(memoryBytes)}`;
  const who =
    pid === null && name === null
      ? 'a process that cannot be seen'
      : `pid ${pid ?? '?'}${user === null ? '' : ` of ${user}`} (${command ?? name ?? 'unknown'})`;
  return `accelerator ${index ?? '?'}: ${who}${memory}`;
}
