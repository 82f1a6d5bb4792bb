import type { Met } from './shell/visit.ts';

interface End {
  message: string;
  suggestion: string;
}

/** Commands that succeed whatever came before them. */
const cheerful = ['true', ':', 'echo', 'printf'];
/** Those whose failure nobody would miss. */
const quiet = [...cheerful, 'set', 'export', 'unset', 'cd', 'exit', 'disown', 'sleep'];

/** A text whose last command succeeds whatever happened. */
export function findHiddenStatus(met: readonly Met[]): End | null {
  const top = met.filter(({ inner }) => !inner);
  const last = top.at(-1);
  if (last === undefined || last.command.depth > 0 || !isCheerful(last)) return null;
  const { before } = last.command;
  const hides = before === '||' || (before === ';' && !last.options.has('errexit'));
  if (!hides || top.slice(0, -1).every(({ words: [name = ''] }) => quiet.includes(name))) return null;
  return {
    message: `"${before === '||' ? '||' : ';'} ${last.words.slice(0, 2).join(' ')}" at the end hides the exit status of what stands before it`,
    suggestion: before === '||' ? 'leave it away' : 'leave it away, join it with "&&", or begin with "set -e"',
  };
}

function isCheerful({ words: [name = '', status] }: Met): boolean {
  return cheerful.includes(name) || (name === 'exit' && status === '0');
}

/** A job that goes on in the background while its command has ended. */
export function findLeftBehind(met: readonly Met[]): End | null {
  const top = met.filter(({ inner }) => !inner);
  const last = top.findLast(({ words: [name = ''] }) => !quiet.includes(name));
  if (last === undefined || !(last.command.after === '&' || detaches(last))) return null;
  return {
    message: 'a command in the background ends at once, and so does the job',
    suggestion: 'let it run in the foreground: fleet detaches it',
  };
}

function detaches({ command: { words } }: Met): boolean {
  const [name = '', ...rest] = words;
  if (name === 'setsid') return rest.some((word) => word === '-f' || word === '--fork');
  if (name === 'screen')
    return rest.some((word) => /^-[A-Za-z]*[dD]m/.test(word)) || (rest.includes('-d') && rest.includes('-m'));
  return name === 'tmux' && rest.some((word) => /^new(-session)?$/.test(word)) && rest.some((word) => /^-[A-Za-z]*d/.test(word));
}
