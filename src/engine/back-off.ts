const firstMs = 1_000;
const ceilingMs = 60_000;

/** Milliseconds before try number `tries` (from 1): doubling up to a minute, spread by a half either way so that many controllers do not come together. */
export function backOffMs(tries: number, random: () => number = Math.random): number {
  const whole = Math.min(ceilingMs, firstMs * 2 ** Math.min(tries - 1, 10));
  return whole * (0.5 + random());
}
