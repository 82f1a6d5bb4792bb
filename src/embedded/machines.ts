import { notYet } from '../errors.ts';

const machines = ['a100x2'];

/** Refuses a machine that this version does not pretend to be. */
export function requireMachine(machine: string): void {
  if (machines.includes(machine)) return;
  throw notYet(`embedded machine "${machine}"`, [`this version pretends to be: ${machines.join(', ')}`]);
}
