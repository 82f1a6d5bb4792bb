import type { Secret } from './secret.ts';

/** Shorter values would blank out ordinary text. */
const shortestValue = 4;
const mask = 0x2a;

/**
 * Takes secrets out of what a host answered: by value where the value is known, and always by name, as in `NAME=value` or `"NAME": "value"`.
 * Every byte of a secret becomes `*`: lengths stay, so byte offsets in files still hold.
 */
export interface Scrubber {
  scrub(bytes: Buffer): Buffer;
  scrubText(text: string): string;
}

/** `names` are the variables that hold secrets, whether or not their values could be resolved here. */
export function createScrubber(secrets: readonly Secret[], names: readonly string[]): Scrubber {
  const values = secrets
    .flatMap((secret) => secret.reveal().split('\n'))
    .map((line) => line.trim())
    .filter((line) => line.length >= shortestValue)
    .sort((a, b) => b.length - a.length)
    .map((line) => Buffer.from(line));
  const named = names.length === 0 ? null : namedValue(names);

  const scrub = (bytes: Buffer): Buffer => {
    if (values.length === 0 && named === null) return bytes;
    const copy = Buffer.from(bytes);
    for (const value of values) blankValue(copy, value);
    if (named !== null) blankNamed(copy, named);
    return copy;
  };
  return { scrub, scrubText: (text) => scrub(Buffer.from(text)).toString() };
}

function blankValue(bytes: Buffer, value: Buffer): void {
  for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value, at + value.length))
    bytes.fill(mask, at, at + value.length);
}

// latin1 gives one character a byte, so that positions in the text are positions in the buffer.
function blankNamed(bytes: Buffer, named: RegExp): void {
  for (const match of bytes.toString('latin1').matchAll(named)) {
    const value = match.groups?.['value'] ?? '';
    const end = match.index + match[0].length;
    bytes.fill(mask, end - value.length, end);
  }
}

function namedValue(names: readonly string[]): RegExp {
  const escaped = names.map((name) => name.replaceAll(/[^A-Za-z0-9_]/g, '\\$&')).join('|');
  return new RegExp(`(?<![A-Za-z0-9_])(?:${escaped})["']?[ \\t]{0,3}[=:][ \\t]{0,3}["']?(?<value>[^\\s"',}]+)`, 'g');
}
