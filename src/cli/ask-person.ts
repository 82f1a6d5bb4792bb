import { createInterface } from 'node:readline';
import { describeCondition } from '../engine/entries/conditions.ts';
import { FleetError, exitCodes } from '../errors.ts';
import type { SignOff } from './answers.ts';
import { writeTrouble } from './output.ts';
import { printable } from './render/printable.ts';

/** Whether somebody sits there who can be asked, and who sees the question. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY;
}

interface Dialogue {
  /** `trouble` is what was wrong with the last answer. Leaving (Ctrl-C, Ctrl-D) makes no run. */
  ask: (signOff: SignOff, trouble: string | null) => Promise<string>;
  close: () => void;
}

/** Asks on stderr, so that stdout stays the answer's. What is typed ahead answers the next question. */
export function openDialogue(): Dialogue {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const typed = lines[Symbol.asyncIterator]();
  return {
    ask: async (signOff, trouble) => {
      if (trouble !== null) writeTrouble([printable(trouble)]);
      lines.setPrompt(describeQuestion(signOff));
      lines.prompt();
      const next = await typed.next();
      if (next.done !== true) return next.value;
      throw new FleetError(`nobody answered "${signOff.name}": nothing was started`, {
        code: 'not-answered',
        exit: exitCodes.detached,
      });
    },
    close: () => lines.close(),
  };
}

function describeQuestion({ name, deed }: SignOff): string {
  const form = { text: '', number: ' (a number)', 'yes-no': ' (yes or no)' }[deed.answer];
  const accept = deed.accept === null || deed.confirms ? '' : `, expected ${describeCondition(deed.accept)}`;
  return printable(`${name}: ${deed.ask}${form}${accept} `);
}
