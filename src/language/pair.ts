/** `lr=0.1` as a name and its value, which may hold more of them. Null: there is no name. */
export function splitPair(word: string): [name: string, value: string] | null {
  const equals = word.indexOf('=');
  return equals <= 0 ? null : [word.slice(0, equals), word.slice(equals + 1)];
}
