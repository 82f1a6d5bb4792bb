/** A line that may begin a document; a banner such as "[ok] welcome" does not. */
const opening = /^(?:\{\s*(?:["}]|$)|\[\s*(?:[[{\]]|$))/;
/** Each look costs a walk through the text, and a banner may have thousands of brackets. */
const looks = 20;

/** A JSON document that other text may stand before or after; undefined when there is none. It begins and ends with unindented lines. */
export function readJsonAfterText(text: string): { value: unknown; before: string[] } {
  const lines = text.split('\n');
  const starts = lines.flatMap((line, at) => (opening.test(line) ? [at] : [])).slice(0, looks);
  for (const at of starts) {
    const value = parse(lines[at] ?? '') ?? parse(takeDocument(lines.slice(at)));
    if (value !== undefined) return { value, before: trimLines(lines.slice(0, at)) };
  }
  return { value: undefined, before: trimLines(lines) };
}

/** Up to the first bracket that closes without being indented. */
function takeDocument(lines: string[]): string {
  return lines.slice(0, lines.findIndex((line) => /^[\]}]/.test(line)) + 1).join('\n');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function trimLines(lines: string[]): string[] {
  return lines.flatMap((line) => line.trim() || []);
}
