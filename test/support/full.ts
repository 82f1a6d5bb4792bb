/** Whether everything is played. Of what is alike CI plays a part, so that it stays under its limit; `FLEET_SWEEP=all` plays the rest, too. */
export const isFull = process.env['FLEET_SWEEP'] === 'all';

/** Of cases that are alike the first ones, or all. */
export function firstOf<Case>(cases: readonly Case[], count: number): readonly Case[] {
  return isFull ? cases : cases.slice(0, count);
}
