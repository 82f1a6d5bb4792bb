import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const hook = fileURLToPath(new URL('gates.mjs', import.meta.url));

/** For a fleet process that writes the gates it passes into `file`, and is ended by KILL at one of them if one is named; see gates.mjs. */
export function passGates(file: string, gate: string | null): Record<string, string> {
  return { NODE_OPTIONS: `--import ${hook}`, FLEET_TEST_GATES: file, ...(gate === null ? {} : { FLEET_TEST_KILL_AT: gate }) };
}

/** For one that is ended by KILL at the gate that it passes as the `count`-th, from 1. */
export function killAtGate(count: number): Record<string, string> {
  return { NODE_OPTIONS: `--import ${hook}`, FLEET_TEST_KILL_AT: String(count) };
}

/** In order; the last one is where it died, if it did. */
export function readGates(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

/** For one that is ended before it sends a question with this text, or when the host has done what such a question asks for. */
export function killAround(moment: 'before' | 'after', text: string): Record<string, string> {
  return { NODE_OPTIONS: `--import ${hook}`, [`FLEET_TEST_KILL_${moment.toUpperCase()}`]: text };
}
