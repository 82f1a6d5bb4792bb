import type { Drive } from '../drive.ts';
import { holdMachine } from '../hold-machine.ts';

/** A claim of a machine is forgotten when its controller has not spoken for two minutes. */
const everyMs = 30_000;

/** Keeps the machine while this goes on. `goOn` throws once another run has it. */
export async function whileHolding<T>(drive: Drive, work: (goOn: () => void) => Promise<T>): Promise<T> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, drive.signal]);
  let trouble: Error | null = null;
  const hold = async () => {
    for (;;) {
      await drive.parts.clock.wait(everyMs, signal);
      if (signal.aborted) return;
      await holdMachine(drive);
    }
  };
  const held = hold().catch((error: unknown) => {
    trouble = error instanceof Error ? error : new Error(String(error));
  });
  try {
    return await work(() => {
      if (trouble !== null) throw trouble;
    });
  } finally {
    over.abort();
    await held;
  }
}
