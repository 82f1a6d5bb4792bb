const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Berlin in the spring of 2027, told by hand: an hour before UTC, and two from this moment on. */
const setForwardAt = Date.parse('2027-03-28T01:00Z');
const aheadMs = (at: number) => (at < setForwardAt ? hourMs : 2 * hourMs);

/** `2027-03-28 22:07`, as a clock on the wall reads it. */
export function readWall(at: number): string {
  return new Date(at + aheadMs(at)).toISOString().slice(0, 16).replace('T', ' ');
}

/** From ten in the evening until eight in the morning. */
export function isNight(at: number): boolean {
  const hours = ((at + aheadMs(at)) % dayMs) / hourMs;
  return hours >= 22 || hours < 8;
}

/** When the clock on the wall reads that hour next. */
export function nextTime(at: number, hour: number): number {
  const wall = at + aheadMs(at);
  const today = Math.floor(wall / dayMs) * dayMs + hour * hourMs;
  const next = today > wall ? today : today + dayMs;
  const found = [hourMs, 2 * hourMs].map((ahead) => next - ahead).find((moment) => moment + aheadMs(moment) === next);
  if (found === undefined) throw new Error(`the clock leaves out ${hour}:00`);
  return found;
}

/** Of `9h20m`. */
export function readDuration(text: string): number {
  const units: Record<string, number> = { d: dayMs, h: hourMs, m: 60_000, s: 1_000 };
  return [...text.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? NaN),
    0,
  );
}

/** Of what `readWall` writes. */
export function readMoment(text: string): number {
  const wall = Date.parse(`${text.replace(' ', 'T')}Z`);
  return wall - (wall < setForwardAt + hourMs ? hourMs : 2 * hourMs);
}
