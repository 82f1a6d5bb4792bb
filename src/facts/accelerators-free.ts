import { formatSize } from '../language/units.ts';
import type { Accelerator, AcceleratorProcess } from './accelerators.ts';
import type { Facts } from './facts.ts';

/** Someone on an accelerator; pid and command null: memory is used and no process can be seen, as across containers. */
interface Occupant extends AcceleratorProcess {
  index: number | null;
}

/** `unknown` is no answer: it must never be taken for free. */
export type Freedom =
  { kind: 'free' } | { kind: 'held'; holders: Occupant[]; message: string } | { kind: 'unknown'; message: string };

/** A driver keeps some memory of an idle card, and a desktop some more; above this somebody must be there. */
export const idleMemoryBytes = 2 ** 30;

export function acceleratorsFree(facts: Pick<Facts, 'accelerators'>): Freedom {
  const { accelerators: answer } = facts;
  if (answer.kind === 'failed') return { kind: 'unknown', message: answer.message };
  if (answer.kind === 'none') return { kind: 'unknown', message: answer.because ?? 'there are no accelerators' };
  if (answer.kind === 'no-tool') return { kind: 'unknown', message: 'no tool of any vendor is there' };
  const holders = answer.accelerators.flatMap(findOccupants);
  if (holders.length > 0) return { kind: 'held', holders, message: holders.map(describeOccupant).join(', ') };
  const unknowns = answer.accelerators.flatMap(findUnknown);
  return unknowns.length > 0 ? { kind: 'unknown', message: unknowns.join(', ') } : { kind: 'free' };
}

function findOccupants({ index, processes, memoryUsedBytes }: Accelerator): Occupant[] {
  const seen = (processes ?? []).map((process) => ({ index, ...process }));
  if (seen.length > 0 || memoryUsedBytes === null || memoryUsedBytes <= idleMemoryBytes) return seen;
  return [{ index, pid: null, user: null, command: null, memoryBytes: memoryUsedBytes }];
}

/** A TPU tells of its memory only while a process uses it. */
function findUnknown({ vendor, index, processes, memoryUsedBytes }: Accelerator): string[] {
  if (processes === null) return [`the processes on accelerator ${index ?? '?'} are not known`];
  const isKnown = memoryUsedBytes !== null || vendor === 'google';
  return isKnown ? [] : [`the used memory of accelerator ${index ?? '?'} is not known`];
}

function describeOccupant({ index, pid, user, command, memoryBytes }: Occupant): string {
  const memory = memoryBytes === null ? '' : ` using ${formatSize(memoryBytes)}`;
  return `accelerator ${index ?? '?'}: ${describeWho(pid, user, command)}${memory}`;
}

function describeWho(pid: number | null, user: string | null, command: string | null): string {
  if (pid === null) return command ?? 'a process that cannot be seen';
  return `pid ${pid}${user === null ? '' : ` of ${user}`} (${command ?? 'unknown'})`;
}
