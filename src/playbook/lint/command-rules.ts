import type { Met } from './shell/visit.ts';

interface CommandRule {
  test: (met: Met) => boolean;
  message: string;
  suggestion: string;
}

export const commandRules: readonly CommandRule[] = [
  {
    test: ({ words, fedBy, options }) => fedBy !== null && words[0] === 'tee' && !options.has('pipefail'),
    message: '"| tee" hides the exit status of what stands before it',
    suggestion: 'run it under bash with "set -o pipefail", or leave the copying to the log',
  },
  {
    test: killsByName,
    message: 'a kill by name also ends the same program of others',
    suggestion: 'use an action with "halt-stale", which ends only what is ours',
  },
  {
    test: ({ command: { words } }) =>
      words[0] === 'sudo' &&
      !optionsOf(words).some((option) => /^(-[A-Za-z]*[nSA]|--(non-interactive|stdin|askpass))/.test(option)),
    message: '"sudo" may ask for a password, and nobody is there to type it',
    suggestion: 'say "sudo -n": without the right to do so it ends at once, with a clear reason',
  },
  {
    test: asks,
    message: 'this waits for a person at a terminal, and there is none',
    suggestion: 'use a command that asks nothing',
  },
  {
    test: installsWithQuestion,
    message: 'this asks before it changes anything, and nobody is there to answer',
    suggestion: 'add "-y"',
  },
  {
    test: ({ command, followed, options, words }) =>
      words[0] === 'cd' &&
      words.length > 1 &&
      command.depth === 0 &&
      command.after === ';' &&
      (command.before === null || command.before === ';') &&
      followed &&
      !options.has('errexit'),
    message: 'when this "cd" fails, what follows runs in the folder before',
    suggestion: 'say "cd … || exit", or begin with "set -e"',
  },
];

function killsByName({ words: [name = '', ...rest], fedBy, command }: Met): boolean {
  if (name === 'pkill' || name === 'killall') {
    const harmless = /^(-0|-s0|--signal=0|-P|--parent|-g|--pgroup|--session|--ns|-l|--list|-V|--version|--help)$/;
    return rest.length > 0 && !rest.some((word) => harmless.test(word));
  }
  if (name !== 'kill') return false;
  const finders = ['pgrep', 'pidof', 'ps'];
  return (
    (fedBy !== null && finders.includes(fedBy)) ||
    command.substitutions.some((inside) => /^\s*(pgrep|pidof)\s/.test(inside) || /^\s*ps\s[^|]*\|/.test(inside))
  );
}

function asks({ words, command, fedBy }: Met): boolean {
  const [name = '', ...rest] = words;
  if (['vi', 'vim', 'nvim', 'nano', 'htop', 'nvtop', 'visudo'].includes(name)) return !rest.includes('--version');
  if (name === 'top') return !rest.some((word) => /^-[A-Za-z]*b/.test(word));
  if (name !== 'read' || command.hasInput || fedBy !== null || command.depth > 0) return false;
  return !rest.some((word) => /^-[a-z]*u/.test(word));
}

const installers: Readonly<Record<string, { verbs: readonly string[]; yes: RegExp }>> = {
  apt: {
    verbs: ['install', 'remove', 'purge', 'upgrade', 'full-upgrade', 'autoremove'],
    yes: /^(-[a-z]*y|-qq|--yes|--assume-yes)/,
  },
  'apt-get': {
    verbs: ['install', 'remove', 'purge', 'upgrade', 'dist-upgrade', 'autoremove'],
    yes: /^(-[a-z]*y|-qq|--yes|--assume-yes)/,
  },
  conda: { verbs: ['install', 'create', 'remove', 'update'], yes: /^(-[a-z]*y|--yes)/ },
  mamba: { verbs: ['install', 'create', 'remove', 'update'], yes: /^(-[a-z]*y|--yes)/ },
  pip: { verbs: ['uninstall'], yes: /^(-[a-z]*y|--yes)/ },
  pip3: { verbs: ['uninstall'], yes: /^(-[a-z]*y|--yes)/ },
};

function installsWithQuestion({ words: [name = '', ...rest], fedBy }: Met): boolean {
  const installer = Object.hasOwn(installers, name) ? installers[name] : undefined;
  const verb = rest.find((word) => !word.startsWith('-'));
  if (installer === undefined || verb === undefined || fedBy === 'yes') return false;
  return installer.verbs.includes(verb) && !rest.some((word) => installer.yes.test(word));
}

function optionsOf([, ...words]: readonly string[]): string[] {
  const end = words.findIndex((word) => !word.startsWith('-'));
  return words.slice(0, end === -1 ? words.length : end);
}
