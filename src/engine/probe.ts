import type { AcceleratorAnswer } from '../facts/accelerators.ts';
import { factsScript, factsTimeoutSeconds, type FactsQuestion } from '../facts/facts-script.ts';
import type { Facts } from '../facts/facts.ts';
import { nvidiaQueryScript, nvidiaTimeoutSeconds } from '../facts/nvidia-script.ts';
import { parseNvidia } from '../facts/nvidia.ts';
import { parseFacts } from '../facts/parse-facts.ts';
import { boundClock } from '../facts/parse-machine.ts';
import type { Clock } from '../clock.ts';
import type { RemoteCommand } from '../remote/command.ts';

/** All facts in one question. */
export function askForFacts(question: FactsQuestion): RemoteCommand<Facts> {
  return {
    name: 'look at what the host has',
    body: factsScript(question),
    timeoutSeconds: factsTimeoutSeconds(question),
    mayHang: true,
    standsAlone: true,
    parse: ({ stdout }) => parseFacts(stdout.toString(), question),
  };
}

/** How far the host's wall clock is off ours, in the facts that `ask` brings. */
export async function withClockOffset(clock: Pick<Clock, 'now'>, ask: () => Promise<Facts>): Promise<Facts> {
  const asked = clock.now();
  const facts = await ask();
  return { ...facts, clockOffset: boundClock(facts.clock, asked, clock.now()) };
}

export function askForAccelerators(setup: string): RemoteCommand<AcceleratorAnswer> {
  return {
    name: 'look at the accelerators',
    body: nvidiaQueryScript(setup),
    timeoutSeconds: nvidiaTimeoutSeconds,
    mayHang: true,
    standsAlone: true,
    parse: ({ stdout }) => parseNvidia(stdout.toString()),
  };
}
