import { PretendFailure } from '../training/failure.ts';

export interface PytestArguments {
  paths: string[];
  verbose: boolean;
  keyword: string | null;
  mark: string | null;
}

/** Options that change nothing here. */
const ignored = /^(-x|-s|-ra|-q|--quiet|--tb=\w+|--maxfail=\d+|--color=\w+|--no-header|--strict-markers|--durations=\d+)$/;

export function parsePytestArguments(args: string[]): PytestArguments {
  const result: PytestArguments = { paths: [], verbose: false, keyword: null, mark: null };
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (/^(-v+|--verbose)$/.test(arg)) result.verbose = true;
    else if (arg === '-k') result.keyword = args[(at += 1)] ?? '';
    else if (arg === '-m') result.mark = args[(at += 1)] ?? '';
    else if (!arg.startsWith('-')) result.paths.push(arg);
    else if (!ignored.test(arg)) {
      throw new PretendFailure(
        `ERROR: usage: pytest [options] [file_or_dir] [file_or_dir] [...]\npytest: error: unrecognized arguments: ${arg}\n`,
        4,
      );
    }
  }
  return { ...result, paths: result.paths.length === 0 ? ['.'] : result.paths };
}
