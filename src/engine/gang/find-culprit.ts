import type { Sight } from './worker-eyes.ts';
import { readLogTail } from '../job/log-tail.ts';

/** What a process says that has lost another one: it has failed for want of that, and not by itself. */
const lostAnother =
  /rendezvous|Socket closed|Connection (?:reset|closed|refused)|Broken pipe|(?:remote|peer) (?:process|worker|node)|NCCL|Gloo|DistBackendError|BarrierTimeout|coordination service/i;

/** Of workers that were seen to fail in one look, the first whose last lines do not say that it has lost another one. Null: there is none. */
export async function findCulprit(failed: readonly Sight[]): Promise<Sight | null> {
  if (failed.length < 2) return failed[0] ?? null;
  const tails = await Promise.all(failed.map(({ worker, state }) => readLogTail(worker, state)));
  return failed.find((_, index) => !lostAnother.test(lastLines(tails[index] ?? ''))) ?? failed[0] ?? null;
}

const lines = 20;

function lastLines(text: string): string {
  return text.split('\n').slice(-lines).join('\n');
}
