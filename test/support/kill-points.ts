import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const hook = fileURLToPath(new URL('kill-points.mjs', import.meta.url));

/** For a fleet process that is to be ended by KILL at its `point`-th moment (from 1) where that would matter; see kill-points.mjs. */
export function killAt(point: number): Record<string, string> {
  return { NODE_OPTIONS: `--import ${hook}`, FLEET_TEST_KILL_AT: String(point) };
}

/** For one that is to be ended before it sends a question with this text, or when the host has done what such a question asks for. */
export function killAround(moment: 'before' | 'after', text: string): Record<string, string> {
  return { NODE_OPTIONS: `--import ${hook}`, [`FLEET_TEST_KILL_${moment.toUpperCase()}`]: text };
}

/** For a fleet process that is left alone and counts those moments into `file`. */
export function countKillPoints(file: string): { env: Record<string, string>; read(): number } {
  return {
    env: { NODE_OPTIONS: `--import ${hook}`, FLEET_TEST_KILL_COUNT: file },
    read: () => Number(readFileSync(file, 'utf8')),
  };
}

/** Every `every`-th of `count` points, beginning somewhere that tells nothing of the order. */
export function samplePoints(count: number, every: number): number[] {
  return Array.from({ length: Math.ceil(count / every) }, (_, index) => 1 + index * every).filter((point) => point <= count);
}
