const mostPerRange = 1024;
export const mostHosts = 4096;

/** Names, in order: `node[01-03]`, `gpu[01-03,7]-r[1-2]`. Throws a RangeError that shows the range; nothing too large is built. */
export function expandRange(text: string): string[] {
  const pieces = splitPieces(text);
  const total = pieces.reduce((product, piece) => product * (piece.kind === 'text' ? 1 : countNumbers(piece.spans)), 1);
  if (total > mostHosts) throw new RangeError(`${show(text)} stands for ${total} names: at most ${mostHosts} are allowed`);
  let names = [''];
  for (const piece of pieces) {
    const endings = piece.kind === 'text' ? [piece.text] : piece.spans.flatMap(writeNumbers);
    names = names.flatMap((name) => endings.map((ending) => name + ending));
  }
  const twice = findTwice(names);
  if (twice !== null) throw new RangeError(`${show(text)} names "${twice}" twice`);
  return names;
}

export function isRange(text: string): boolean {
  return text.includes('[');
}

function findTwice(names: string[]): string | null {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}

interface Span {
  low: number;
  high: number;
  /** Digits to fill with zeros. */
  width: number;
}

type Piece = { kind: 'text'; text: string } | { kind: 'numbers'; spans: Span[] };

function splitPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = text;
  while (rest !== '') {
    const start = rest.indexOf('[');
    const before = start === -1 ? rest : rest.slice(0, start);
    if (before.includes(']')) throw new RangeError(`${show(text)} has a "]" without its "["`);
    if (before !== '') pieces.push({ kind: 'text', text: before });
    if (start === -1) break;
    const end = rest.indexOf(']', start);
    if (end === -1) throw new RangeError(`${show(text)} has a "[" without its "]"`);
    const spans = rest
      .slice(start + 1, end)
      .split(',')
      .map((span) => readSpan(span.trim(), text));
    const count = countNumbers(spans);
    if (count > mostPerRange) {
      throw new RangeError(`${show(text)} has a range of ${count} numbers: at most ${mostPerRange} are allowed`);
    }
    pieces.push({ kind: 'numbers', spans });
    rest = rest.slice(end + 1);
  }
  return pieces;
}

function readSpan(span: string, text: string): Span {
  const match = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(span);
  const [, lowText = '', highText = lowText] = match ?? [];
  if (match === null) {
    throw new RangeError(`${show(text)}: expected numbers such as "1-8" or "01-03,7" in the brackets, got ${show(span)}`);
  }
  const [low, high] = [Number(lowText), Number(highText)];
  if (low > high) throw new RangeError(`${show(text)}: ${show(span)} counts down`);
  const padded = lowText.length > 1 && lowText.startsWith('0');
  if (highText.startsWith('0') && highText.length > 1 && highText.length !== lowText.length) {
    throw new RangeError(`${show(text)}: both ends of ${show(span)} need the same number of digits`);
  }
  return { low, high, width: padded ? lowText.length : 1 };
}

function countNumbers(spans: Span[]): number {
  return spans.reduce((sum, { low, high }) => sum + high - low + 1, 0);
}

function writeNumbers({ low, high, width }: Span): string[] {
  return Array.from({ length: high - low + 1 }, (_, index) => String(low + index).padStart(width, '0'));
}

function show(text: string): string {
  return JSON.stringify(text.length <= 80 ? text : `${text.slice(0, 80)}…`);
}
