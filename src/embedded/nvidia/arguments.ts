const names = ['help', 'list-gpus', 'id', 'query-gpu', 'query-compute-apps', 'format'];
const short = new Map([
  ['-h', 'help'],
  ['-L', 'list-gpus'],
  ['-i', 'id'],
]);
const takeNothing = ['help', 'list-gpus'];

/** The values of the options by their long names. Null when an argument is not one of ours. */
export function parseArguments(args: string[]): Map<string, string> | null {
  const options = new Map<string, string>();
  for (let at = 0; at < args.length; at += 1) {
    const [flag = '', ...rest] = (args[at] ?? '').split('=');
    const name = short.get(flag) ?? (flag.startsWith('--') ? flag.slice(2) : '');
    if (!names.includes(name)) return null;
    if (takeNothing.includes(name)) options.set(name, '');
    else if (rest.length > 0) options.set(name, rest.join('='));
    else {
      at += 1;
      const value = args[at];
      if (value === undefined) return null;
      options.set(name, value);
    }
  }
  return options;
}
