import { readCommands, type ShellCommand } from './commands.ts';
import { unwrap } from './wrappers.ts';

/** A command where it is met. */
export interface Met {
  command: ShellCommand;
  /** Its words behind `sudo`, `env`, `timeout` and the like. */
  words: string[];
  /** What stands at the head of its pipeline; null when it stands there itself. */
  fedBy: string | null;
  /** Whether another one follows in the same text. */
  followed: boolean;
  /** `pipefail` and `errexit`, as far as they are on. */
  options: ReadonlySet<string>;
  /** Whether it stands in a text inside the text: that of `bash -c`, or of `$(…)`. */
  inner: boolean;
}

const shells = ['sh', 'bash', 'dash', 'zsh', 'ksh'];
const deepest = 4;

/** Every command of a text, also those that it gives to another shell. `options` are those that are on before it, and are changed by it. */
export function meetCommands(text: string, options = new Set<string>(), depth = 0): Met[] {
  const commands = readCommands(text);
  let head: string | null = null;
  return commands.flatMap((command, index) => {
    const words = unwrap(command.words);
    const fedBy: string | null = command.before === '|' ? head : null;
    head = fedBy ?? words[0] ?? null;
    const followed = index + 1 < commands.length;
    const met: Met = { command, words, fedBy, followed, options: new Set(options), inner: depth > 0 };
    if (words[0] === 'set') setOptions(words.slice(1), options);
    if (depth === deepest) return [met];
    const script = readScript(words);
    return [
      met,
      ...command.substitutions.flatMap((inside) => meetCommands(inside, new Set(options), depth + 1)),
      ...(script === null ? [] : meetCommands(script.text, script.options, depth + 1)),
    ];
  });
}

/** The text of `bash -euo pipefail -c 'text'`, with the options that it begins with. */
function readScript([name = '', ...words]: readonly string[]): { text: string; options: Set<string> } | null {
  if (!shells.includes(name.replace(/^.*\//, ''))) return null;
  const operand = words.findIndex((word, index) => !/^[-+]/.test(word) && !/^[-+][a-z]*o$/.test(words[index - 1] ?? ''));
  const before = words.slice(0, Math.max(operand, 0));
  if (!before.some((word) => /^-[a-z]*c$/.test(word))) return null;
  const options = new Set<string>();
  setOptions(before, options);
  return { text: words[operand] ?? '', options };
}

function setOptions(words: readonly string[], options: Set<string>): void {
  for (const [index, word] of words.entries()) {
    const [, sign, letters = ''] = /^([-+])([a-z]+)$/i.exec(word) ?? [];
    if (sign === undefined) continue;
    const names = [...(letters.includes('e') ? ['errexit'] : []), ...(letters.includes('o') ? [words[index + 1] ?? ''] : [])];
    for (const name of names) {
      if (sign === '-') options.add(name);
      else options.delete(name);
    }
  }
}
