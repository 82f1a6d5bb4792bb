import { readTokens, type Separator, type Token } from './tokens.ts';

/** One command of a shell text, without its redirections and the keywords in front of it. */
export interface ShellCommand {
  /** The name and what follows. Empty for a keyword or an assignment by itself. */
  words: string[];
  /** `NAME=value` in front of it. */
  assignments: string[];
  /** Shell texts inside: `$(…)` and backticks. */
  substitutions: string[];
  /** What stands before and behind it; null at the ends of the text. */
  before: Separator | null;
  after: Separator | null;
  /** In how many groups, loops and conditions it stands. */
  depth: number;
  hasInput: boolean;
}

const opening = ['if', 'while', 'until', 'for', 'case', 'select', '{'];
const closing = ['fi', 'done', 'esac', '}'];
const between = ['then', 'else', 'elif', 'do', '!', 'time'];
/** What follows these is no command. */
const lists = ['for', 'case', 'select'];

/**
 * The commands of a text, in order. It knows what people write into playbooks, not all of the language: what it does not understand comes
 * out as words.
 */
export function readCommands(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let pending: Token[] = [];
  let before: Separator | null = null;
  let depth = 0;
  const finish = (after: Separator | null) => {
    if (pending.length > 0) {
      const { command, opened } = readCommand(pending);
      depth = Math.max(0, depth + opened);
      commands.push({ ...command, before, after, depth });
    }
    pending = [];
  };
  for (const token of readTokens(text)) {
    if (token.kind !== 'separator') {
      pending.push(token);
      continue;
    }
    const empty = pending.length === 0;
    finish(token.text);
    if (token.text === '(') depth++;
    if (token.text === ')') depth = Math.max(0, depth - 1);
    // A line that ends in "&&" or "|" goes on in the next one.
    if (!(empty && token.text === ';' && before !== null)) before = token.text;
  }
  finish(null);
  return commands;
}

function readCommand(tokens: readonly Token[]) {
  const words = tokens.flatMap((token) => (token.kind === 'word' ? [token] : []));
  let [start, opened, isList] = [0, 0, false];
  for (; start < words.length && !isList; start++) {
    const text = words[start]?.text ?? '';
    if (opening.includes(text)) opened++;
    else if (closing.includes(text)) opened--;
    else if (!between.includes(text)) break;
    isList = lists.includes(text);
  }
  const rest = isList ? [] : words.slice(start).map(({ text }) => text);
  const name = rest.findIndex((text) => !/^[A-Za-z_]\w*\+?=/.test(text));
  const count = name === -1 ? rest.length : name;
  const command = {
    words: rest.slice(count),
    assignments: rest.slice(0, count),
    substitutions: words.flatMap(({ substitutions }) => substitutions),
    hasInput: tokens.some((token) => token.kind === 'redirection' && token.input),
  };
  return { command, opened };
}
