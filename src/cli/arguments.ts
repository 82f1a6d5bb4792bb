/** Whether `--json` stands before a lone `--`: also true when the rest of the line is wrong. */
export function wantsJson(argv: readonly string[]): boolean {
  return namesBeforeSeparator(argv).includes('--json');
}

export function wantsHelp(argv: readonly string[]): boolean {
  return namesBeforeSeparator(argv).some((word) => word === '--help' || word === '-h');
}

function namesBeforeSeparator(argv: readonly string[]): readonly string[] {
  const separator = argv.indexOf('--');
  return separator === -1 ? argv : argv.slice(0, separator);
}
