import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const hook = fileURLToPath(new URL('wrong-clock.mjs', import.meta.url));

/** For a fleet process whose wall clock is to be wrong by so many hours. */
export function withClockWrongBy(hours: number): Record<string, string> {
  return { NODE_OPTIONS: `--import ${hook}`, FLEET_TEST_CLOCK_HOURS: String(hours) };
}

/** The wall clock of a computer, for the fleet processes that get its `env`. It is right until it jumps. */
export interface JumpingClock {
  env: Record<string, string>;
  /** So wrong from now on, also for those that run already. */
  jumpTo(wrongByMs: number): void;
}

export function makeJumpingClock(folder: string, name: string): JumpingClock {
  const file = join(folder, `clock-of-${name}`);
  const jumpTo = (wrongByMs: number) => writeFileSync(file, String(wrongByMs));
  jumpTo(0);
  return { env: { NODE_OPTIONS: `--import ${hook}`, FLEET_TEST_CLOCK: file }, jumpTo };
}
