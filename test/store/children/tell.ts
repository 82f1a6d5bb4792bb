import { once } from 'node:events';
import { FleetError } from '../../../src/errors.ts';

export function tell(what: unknown): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

/** Says that it is ready, and goes on when the parent says so. */
export async function waitAtGate(): Promise<void> {
  tell('ready');
  await once(process.stdin, 'data');
  process.stdin.pause();
}

export function tellError(error: unknown): void {
  if (!(error instanceof FleetError)) throw error;
  tell({ code: error.code, exit: error.exit, message: error.message, suggestions: error.suggestions });
}

export function argument(position: number): string {
  const word = process.argv[position + 2];
  if (word === undefined) throw new Error(`argument ${position} is missing`);
  return word;
}
