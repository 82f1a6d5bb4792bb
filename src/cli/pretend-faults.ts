import { parseFaults } from '../embedded/training/faults.ts';
import { messageOf, usageError } from '../errors.ts';

/** Refuses a fault that the pretend trainer does not know, before it is started. */
export function requireFaults(text: string): void {
  try {
    parseFaults(text);
  } catch (error) {
    const told = messageOf(error).replace(/^PRETEND_FAULT: /, '');
    throw usageError('usage', `--fault: ${told}`, ['fleet demo --help']);
  }
}
