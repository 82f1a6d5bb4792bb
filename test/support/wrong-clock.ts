import { fileURLToPath } from 'node:url';

const hook = fileURLToPath(new URL('wrong-clock.mjs', import.meta.url));

/** For a fleet process whose wall clock is to be wrong by so many hours. */
export function withClockWrongBy(hours: number): Record<string, string> {
  return { NODE_OPTIONS: `--import ${hook}`, FLEET_TEST_CLOCK_HOURS: String(hours) };
}
