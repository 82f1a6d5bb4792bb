import type { Clock } from '../clock.ts';
import { exitCodes, FleetError } from '../errors.ts';
import { plainQuestion } from '../facts/facts-script.ts';
import type { Facts } from '../facts/facts.ts';
import type { Connection } from '../ssh/transport.ts';
import { askForFacts } from './probe.ts';

export interface Looked {
  host: string;
  worker: number;
  facts: Facts | null;
  error: { code: string; message: string; suggestions: string[] } | null;
}

/** The facts of one worker, in one question. What could not be reached is a result with an error, not an exception. */
export async function lookAt(
  connect: () => Promise<Connection>,
  { host, worker, setup }: { host: string; worker: number; setup: string },
  clock: Pick<Clock, 'now'>,
): Promise<Looked> {
  const command = askForFacts({ ...plainQuestion, setup }, () => clock.now());
  try {
    const connection = await connect();
    const facts = command.parse(await connection.ask(command.body, { timeoutSeconds: command.timeoutSeconds }));
    return { host, worker, facts, error: null };
  } catch (error) {
    if (!(error instanceof FleetError) || error.exit !== exitCodes.unreachable) throw error;
    const { code, message, suggestions } = error;
    return { host, worker, facts: null, error: { code, message, suggestions } };
  }
}
