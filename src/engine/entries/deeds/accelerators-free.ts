import { acceleratorsFree } from '../../../facts/accelerators-free.ts';
import type { AcceleratorAnswer } from '../../../facts/accelerators.ts';
import type { Facts } from '../../../facts/facts.ts';
import type { Drive } from '../../drive.ts';
import { askForAccelerators } from '../../probe.ts';
import type { Result } from './result.ts';
import { setupOf } from '../../author-script.ts';

export async function checkAcceleratorsFree(drive: Drive): Promise<Result> {
  const accelerators = findHungTool(drive) ?? (await drive.session.call(askForAccelerators(setupOf(drive), drive.host.slot)));
  const freedom = acceleratorsFree({ accelerators });
  const expected = 'no process and no memory in use';
  switch (freedom.kind) {
    case 'free':
      return { result: 'pass', expected, observed: 'free', message: null };
    case 'held':
      return { result: 'fail', expected, observed: freedom.message, message: null };
    case 'unknown':
      return { result: 'error', expected, observed: freedom.message, message: null };
  }
}

/** A tool that hung when the facts were asked hangs again: it has cost its time limit, and costs no second one. */
function findHungTool(drive: Drive): AcceleratorAnswer | null {
  const facts = drive.parts.store.readFacts(drive.host.name, drive.target.worker)?.facts as Facts | undefined;
  const answer = facts?.accelerators;
  return answer?.kind === 'failed' && answer.reason === 'probe-hung' ? answer : null;
}
