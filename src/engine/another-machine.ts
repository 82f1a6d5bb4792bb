import { ConnectionFailed } from '../ssh/failures.ts';

/**
 * Another machine has the address of a run's own, as after a new lease of DHCP or behind one name for several. What it would answer says nothing
 * of the run, and nothing of the run may be done there.
 */
export class AnotherMachine extends ConnectionFailed {
  constructor(recorded: string, found: string) {
    super(`another machine answers: the run is on ${recorded}, this is ${found}`, {
      code: 'another-machine',
      retryable: true,
      suggestions: ["when the run's own machine answers again, the run goes on"],
    });
  }
}

/** Incarnations of one machine: by its machine id and its host name. */
export function isSameMachine(one: string, other: string): boolean {
  const machineOf = (incarnation: string) => incarnation.split(' ').slice(0, 2).join(' ');
  return machineOf(one) === machineOf(other);
}
