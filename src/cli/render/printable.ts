const harmless = /^(?:[!-~]+(?: [!-~]+)*)?$/;
const astral = /[\ud800-\udfff]/;

/** Text from a host, made harmless to a terminal: no escape sequence, no line break, no control character. */
export function printable(text: string): string {
  if (harmless.test(text)) return text;
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '?')
    .trim();
}

/** In characters, of which some are two units of a string. */
export function countCharacters(text: string): number {
  return astral.test(text) ? [...text].length : text.length;
}

/** At most `width` characters; what is cut off shows as `...`. */
export function shorten(text: string, width: number): string {
  if (countCharacters(text) <= width) return text;
  const characters = [...text];
  return width <= 3 ? '.'.repeat(Math.max(width, 0)) : `${characters.slice(0, width - 3).join('')}...`;
}

/** Lines of at most `width` characters, broken between words where that is possible. */
export function wrap(text: string, width: number | null): string[] {
  if (width === null) return [text];
  const limit = Math.max(width, 20);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
