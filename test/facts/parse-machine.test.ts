import { describe, expect, it } from 'vitest';
import { boundClock, readMachine } from '../../src/facts/parse-machine.ts';

describe("a host's clock", () => {
  it('is held between the question and its answer', () => {
    // Ten seconds ahead, 40 ms there, 60 ms back, 2 s of work between.
    expect(boundClock({ first: 10_040, last: 12_040 }, 0, 2_100)).toEqual({ seconds: 9.99, uncertainty: 0.05 });
  });

  it('is not known of a host that does not tell the time', () => {
    expect(boundClock({ first: null, last: 12_040 }, 0, 2_100)).toBeNull();
  });

  it('is read in whole seconds from a date without nanoseconds', () => {
    const machine = { text: 'time=1700000000.%N', exitCode: 0, timedOut: false };
    expect(readMachine(machine, undefined).clock).toEqual({ first: 1_700_000_000_000, last: null });
  });
});

it('a limit that is none is no number', () => {
  const machine = { text: 'open-files=unlimited\nprocesses=4096\nlocked-memory=65536', exitCode: 0, timedOut: false };
  expect(readMachine(machine, undefined).limits).toEqual({ openFiles: null, processes: 4096, lockedMemoryBytes: 65_536 });
});
