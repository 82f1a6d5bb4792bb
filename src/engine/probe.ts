import { acceleratorsScript, acceleratorsTimeoutSeconds } from '../facts/accelerator-sections.ts';
import type { AcceleratorAnswer } from '../facts/accelerators.ts';
import { factsScript, factsTimeoutSeconds, type FactsQuestion } from '../facts/facts-script.ts';
import type { Facts } from '../facts/facts.ts';
import { parseFacts } from '../facts/parse-facts.ts';
import { parseAccelerators } from '../facts/read-accelerators.ts';
import { answerForSlot, factsForSlot } from '../facts/slot.ts';
import type { Slot } from '../inventory/host.ts';
import type { RemoteCommand } from '../remote/command.ts';

/** Everything about a worker, in one round trip. `now` is the wall clock, which the host's is held against; of a slot, its accelerators alone. */
export function askForFacts(question: FactsQuestion, now: () => number, slot?: Slot): RemoteCommand<Facts> {
  return {
    name: 'look at what the host has',
    body: factsScript(question),
    timeoutSeconds: factsTimeoutSeconds(question),
    mayHang: true,
    standsAlone: true,
    parse: ({ stdout, seconds }) => {
      const receivedMs = now();
      const at = seconds === undefined ? null : { sentMs: receivedMs - seconds * 1000, receivedMs };
      return factsForSlot(parseFacts(stdout.toString(), { ...question, at }), slot?.indices ?? null);
    },
  };
}

export function askForAccelerators(setup: string, slot?: Slot): RemoteCommand<AcceleratorAnswer> {
  return {
    name: 'look at the accelerators',
    body: acceleratorsScript(setup),
    timeoutSeconds: acceleratorsTimeoutSeconds(setup),
    mayHang: true,
    standsAlone: true,
    parse: ({ stdout }) => answerForSlot(parseAccelerators(stdout.toString()), slot?.indices ?? null),
  };
}
