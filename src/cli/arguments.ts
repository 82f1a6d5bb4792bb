/** Flags that are looked for before the line is parsed: they hold also when the rest of it is wrong. What stands after a lone `--` is no flag. */
export function wantsJson(argv: readonly string[]): boolean {
  return beforeSeparator(argv).includes('--json');
}

export function wantsHelp(argv: readonly string[]): boolean {
  return beforeSeparator(argv).some((word) => word === '--help' || word === '-h');
}

export function wantsColor(argv: readonly string[]): boolean {
  return !beforeSeparator(argv).includes('--no-color');
}

export function beforeSeparator(argv: readonly string[]): string[] {
  const separator = argv.indexOf('--');
  return separator === -1 ? [...argv] : argv.slice(0, separator);
}

/** As typed, a second `--` and all; null without a lone `--`. */
export function afterSeparator(argv: readonly string[]): string[] | null {
  const separator = argv.indexOf('--');
  return separator === -1 ? null : argv.slice(separator + 1);
}
