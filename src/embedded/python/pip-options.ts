import { PretendFailure } from '../training/failure.ts';

interface Options {
  words: string[];
  values: ReadonlyMap<string, string[]>;
  flags: ReadonlySet<string>;
}

const short = new Map([
  ['-i', '--index-url'],
  ['-r', '--requirement'],
  ['-U', '--upgrade'],
  ['-q', '--quiet'],
  ['-V', '--version'],
  ['-h', '--help'],
]);
const withValue = ['--index-url', '--extra-index-url', '--requirement', '--format'];
const withoutValue = [
  '--upgrade',
  '--quiet',
  '--version',
  '--help',
  '--disable-pip-version-check',
  '--no-cache-dir',
  '--no-color',
  '--no-input',
];

/** Options of pip may stand anywhere. */
export function parseOptions(args: string[]): Options {
  const words: string[] = [];
  const values = new Map<string, string[]>();
  const flags = new Set<string>();
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    const [flag = '', ...rest] = arg.split('=');
    const name = short.get(flag) ?? flag;
    if (!arg.startsWith('-')) words.push(arg);
    else if (withoutValue.includes(name)) flags.add(name);
    else if (withValue.includes(name))
      values.set(name, [...(values.get(name) ?? []), rest.length > 0 ? rest.join('=') : takeNext(args, (at += 1), name)]);
    else throw new PretendFailure(`\nUsage:   \n  pip <command> [options]\n\nno such option: ${flag}`, 2);
  }
  return { words, values, flags };
}

function takeNext(args: string[], at: number, name: string): string {
  const value = args[at];
  if (value === undefined)
    throw new PretendFailure(`\nUsage:   \n  pip <command> [options]\n\n${name} option requires 1 argument`, 2);
  return value;
}
