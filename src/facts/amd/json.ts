/** A JSON document that other text may stand before or after; undefined when there is none. */
export function readJsonAfterText(text: string): { value: unknown; before: string[] } {
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    if (!/^\s*[[{]/.test(line)) continue;
    const value = parseLongest(lines.slice(at));
    if (value !== undefined) return { value, before: lines.slice(0, at).flatMap((other) => other.trim() || []) };
  }
  return { value: undefined, before: lines.flatMap((other) => other.trim() || []) };
}

/** A document ends where a line ends; what a tool adds after it is cut off. */
function parseLongest(lines: string[]): unknown {
  for (let count = lines.length; count > 0; count--) {
    if (!/[\]}]\s*$/.test(lines[count - 1] ?? '')) continue;
    try {
      return JSON.parse(lines.slice(0, count).join('\n')) as unknown;
    } catch {
      continue;
    }
  }
  return undefined;
}
