import { createInterface } from 'node:readline/promises';
import { FleetError, exitCodes } from '../errors.ts';
import type { SignOff } from './answers.ts';
import { describeCondition } from '../engine/entries/conditions.ts';
import { writeTrouble } from './output.ts';
import { printable } from './render/printable.ts';

/** Whether somebody sits there who can be asked, and who sees the question. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks on stderr, so that stdout stays the answer's. Leaving (Ctrl-C, Ctrl-D) makes no run. */
export async function askPerson({ name, deed }: SignOff, trouble: string | null): Promise<string> {
  if (trouble !== null) writeTrouble([printable(trouble)]);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  lines.once('close', () => left.abort());
  const form = { text: '', number: ' (a number)', 'yes-no': ' (yes or no)' }[deed.answer];
  const accept = deed.accept === null || deed.confirms ? '' : `, expected ${describeCondition(deed.accept)}`;
  try {
    return await lines.question(printable(`${name}: ${deed.ask}${form}${accept} `), { signal: left.signal });
  } catch (error) {
    if (!left.signal.aborted) throw error;
    throw new FleetError(`nobody answered "${name}": nothing was started`, {
      code: 'not-answered',
      exit: exitCodes.detached,
      cause: error,
    });
  } finally {
    lines.close();
  }
}
