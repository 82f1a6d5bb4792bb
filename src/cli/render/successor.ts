import { describeOwner } from '../../engine/owner.ts';
import type { Successor } from '../daemon/start-daemon.ts';

/** Whether runs that are left now are driven by it: `fleet queue run` drives those of the queue alone. */
export function takesRunsUp(successor: Successor): boolean {
  return successor.kind === 'found' && successor.holder.what === 'daemon';
}

/** Who drives what was left, for the person who leaves. */
export function describeSuccessor(successor: Successor, what: 'it' | 'them'): string[] {
  if (successor.kind === 'none') {
    return [`fleet daemon could not be started: ${successor.why}; "fleet daemon" starts it by hand, or says why not`];
  }
  if (successor.kind === 'done' || !takesRunsUp(successor)) return [];
  const { holder, isNew } = successor;
  if (!isNew) return [`fleet daemon of ${describeOwner(holder.owner)} drives ${what} from now on`];
  const { pid } = holder.owner;
  return [
    `fleet daemon (pid ${pid}) drives ${what} from now on, and ends when nothing is left to do; to end it before: kill ${pid}`,
  ];
}
