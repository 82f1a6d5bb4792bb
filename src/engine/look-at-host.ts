import type { FactsQuestion } from '../facts/facts-script.ts';
import type { Facts } from '../facts/facts.ts';
import type { Connection } from '../ssh/transport.ts';
import { isOutOfReach } from './out-of-reach.ts';
import { askForFacts } from './probe.ts';

/** What was found on a worker, or why it could not be asked. */
export type Look =
  { facts: Facts; error: null } | { facts: null; error: { code: string; message: string; suggestions: string[] } };

/** One worker, once. What could not be reached is a result with an error, not an exception. */
export async function lookAtWorker(
  connect: () => Promise<Connection>,
  question: FactsQuestion,
  now: () => number,
): Promise<Look> {
  const asking = askForFacts(question, now);
  try {
    const connection = await connect();
    const answer = await connection.ask(asking.body, { timeoutSeconds: asking.timeoutSeconds });
    return { facts: asking.parse(answer), error: null };
  } catch (error) {
    if (!isOutOfReach(error)) throw error;
    const { code, message, suggestions } = error;
    return { facts: null, error: { code, message, suggestions } };
  }
}
