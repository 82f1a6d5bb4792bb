/** What stands between two commands; `(` and `)` are the ends of a group. A new line is a `;`. */
export type Separator = ';' | '&&' | '||' | '|' | '&' | '(' | ')';

export type Token =
  /** Without its quotes. `substitutions` are the shell texts inside: `$(…)` and backticks. */
  | { kind: 'word'; text: string; substitutions: string[] }
  | { kind: 'separator'; text: Separator }
  /** `<`, `>>`, `2>&1`, with what it goes to. */
  | { kind: 'redirection'; input: boolean };

const separators: readonly (readonly [string, Separator])[] = [
  ['&&', '&&'],
  ['||', '||'],
  [';;', ';'],
  ['|&', '|'],
  [';', ';'],
  ['\n', ';'],
  ['|', '|'],
  ['&', '&'],
  ['(', '('],
  [')', ')'],
];
const redirection = /\d*(?:&>>?|<<<|<<-?|<>|[<>]&|>>|>\||[<>])[ \t]*/y;
const heredoc = /<<-?[ \t]*(['"\\]?)([\w.-]+)\1/y;

/** Splits a shell text. It never fails: what is not closed ends with the text. */
export function readTokens(text: string): Token[] {
  const tokens: Token[] = [];
  const bodies: string[] = [];
  let position = 0;
  while (position < text.length) {
    const letter = text[position] ?? '';
    if (letter === ' ' || letter === '\t' || letter === '\r') position++;
    else if (letter === '#') position = endOf(text, '\n', position);
    else if (letter === '\\' && text[position + 1] === '\n') position += 2;
    else if (matchAt(redirection, text, position) !== null) position = readRedirection(position);
    else position = readSeparator(position) ?? readWord(position);
  }
  return tokens;

  function readRedirection(start: number): number {
    const operator = matchAt(redirection, text, start)?.[0] ?? '';
    tokens.push({ kind: 'redirection', input: /^\d*<(?!&|>)/.test(operator) });
    const word = matchAt(heredoc, text, start);
    if (word !== null) {
      bodies.push(word[2] ?? '');
      return start + word[0].length;
    }
    return readPieces(text, start + operator.length).end;
  }

  function readSeparator(start: number): number | null {
    const found = separators.find(([written]) => text.startsWith(written, start));
    if (found === undefined) return null;
    tokens.push({ kind: 'separator', text: found[1] });
    const end = start + found[0].length;
    return found[0] === '\n' ? skipBodies(end) : end;
  }

  function readWord(start: number): number {
    const { end, ...word } = readPieces(text, start);
    tokens.push({ kind: 'word', ...word });
    return end;
  }

  function skipBodies(start: number): number {
    let at = start;
    for (const delimiter of bodies.splice(0)) {
      while (at < text.length) {
        const end = endOf(text, '\n', at);
        const line = text.slice(at, end).trim();
        at = end + 1;
        if (line === delimiter) break;
      }
    }
    return at;
  }
}

/** A word up to where the next thing begins; at least one letter of what nothing else understands. */
function readPieces(text: string, start: number): { text: string; substitutions: string[]; end: number } {
  const substitutions: string[] = [];
  let [word, position, quoted] = ['', start, false];
  while (position < text.length) {
    const letter = text[position] ?? '';
    if (!quoted && /[\s;|&()<>]/.test(letter)) break;
    const substitution = readSubstitution(text, position);
    if (letter === '\\') {
      word += text[position + 1] === '\n' ? '' : (text[position + 1] ?? '');
      position += 2;
    } else if (letter === '"') {
      quoted = !quoted;
      position++;
    } else if (letter === "'" && !quoted) {
      const end = endOf(text, "'", position + 1);
      word += text.slice(position + 1, end);
      position = end + 1;
    } else if (substitution !== null) {
      substitutions.push(...substitution.commands);
      word += text.slice(position, substitution.end);
      position = substitution.end;
    } else {
      word += letter;
      position++;
    }
  }
  return { text: word, substitutions, end: Math.max(position, start + 1) };
}

/** `$(…)`, backticks, and arithmetic, which holds no commands. */
function readSubstitution(text: string, start: number): { commands: string[]; end: number } | null {
  if (text[start] === '`') {
    const end = endOf(text, '`', start + 1);
    return { commands: [text.slice(start + 1, end)], end: end + 1 };
  }
  if (!text.startsWith('$(', start)) return null;
  const end = findClosing(text, start + 2);
  const inside = text.slice(start + 2, end);
  return { commands: inside.startsWith('(') ? [] : [inside], end: end + 1 };
}

function findClosing(text: string, start: number): number {
  let [depth, quoted] = [1, false];
  for (let position = start; position < text.length; position++) {
    const letter = text[position];
    if (letter === '\\') position++;
    else if (letter === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (letter === "'") position = endOf(text, "'", position + 1);
    else if (letter === '(') depth++;
    else if (letter === ')' && --depth === 0) return position;
  }
  return text.length;
}

function endOf(text: string, letter: string, start: number): number {
  const end = text.indexOf(letter, start);
  return end === -1 ? text.length : end;
}

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}
