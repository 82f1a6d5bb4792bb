/** One word for a POSIX shell, whatever it holds. NUL cannot be passed to a program and is refused. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new RangeError('a shell word cannot hold a NUL byte');
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Several words, quoted and separated by blanks. */
export function quoteAll(words: readonly string[]): string {
  return words.map(quote).join(' ');
}
