/** One object found on a line. */
export interface FoundObject {
  /** JSON, with NaN and Infinity literals replaced by null. */
  text: string;
  /** Index of its first character in the line. */
  start: number;
  notFinite: number;
}

export interface FoundObjects {
  objects: FoundObject[];
  /** Text on the line that is no object, or null. */
  foreign: string | null;
}

const literal = /[-+]?(?:nan|inf(?:inity)?)(?![\w.])/iy;

/** The objects of a line, in one pass over its characters. What lies between them may be blanks and commas only; else it is foreign. */
export function findObjects(line: string): FoundObjects {
  const objects: FoundObject[] = [];
  let foreign: string | null = null;
  let at = 0;
  while (at < line.length) {
    const open = line.indexOf('{', at);
    const between = line.slice(at, open === -1 ? undefined : open);
    if (/[^\s,\ufeff]/.test(between)) foreign ??= between;
    if (open === -1) break;
    const { object, end } = readObject(line, open);
    if (object === null) foreign ??= line.slice(open);
    else objects.push(object);
    at = end;
  }
  return { objects, foreign };
}

/** The same text with NaN and Infinity literals as `1e999`, which is JSON and no finite number either. */
export function replaceLiterals(text: string): string {
  let replaced = '';
  let kept = 0;
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = endOfString(text, at);
      continue;
    }
    const length = literalLength(text, at, character);
    if (length > 0) {
      replaced += `${text.slice(kept, at)}1e999`;
      kept = at + length;
    }
    at += Math.max(1, length);
  }
  return replaced + text.slice(kept);
}

/** From an opening brace to the one that closes it; no object when there is none. */
function readObject(line: string, start: number): { object: FoundObject | null; end: number } {
  let text = '';
  let kept = start;
  let depth = 0;
  let notFinite = 0;
  let at = start;
  while (at < line.length) {
    const character = line[at];
    if (character === '"') {
      at = endOfString(line, at);
      continue;
    }
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) {
      text += line.slice(kept, at + 1);
      return { object: { text, start, notFinite }, end: at + 1 };
    }
    const length = literalLength(line, at, character);
    if (length > 0) {
      text += `${line.slice(kept, at)}null`;
      kept = at + length;
      notFinite += 1;
    }
    at += Math.max(1, length);
  }
  return { object: null, end: line.length };
}

function literalLength(line: string, at: number, character: string | undefined): number {
  if (character === undefined || !'-+NnIi'.includes(character) || /\w/.test(line[at - 1] ?? '')) return 0;
  literal.lastIndex = at;
  return literal.exec(line)?.[0].length ?? 0;
}

function endOfString(line: string, quote: number): number {
  let at = quote + 1;
  while (at < line.length && line[at] !== '"') at += line[at] === '\\' ? 2 : 1;
  return at + 1;
}
