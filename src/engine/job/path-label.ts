const label = /\{[^{}]*\}/;

/** A path with a name in braces, as a glob. */
export function labelGlob(path: string): string {
  return path.replace(label, '*');
}

/** What stands in a found path where the pattern has a name in braces; null when it has none. The host may have written out the front of the path. */
export function findLabel(pattern: string, found: string): string | null {
  const [before = '', after] = pattern.split(label);
  if (after === undefined) return null;
  const upTo = found.endsWith(after) ? found.slice(0, found.length - after.length) : found;
  const component = upTo.slice(upTo.lastIndexOf('/') + 1);
  return component.slice(before.length - (before.lastIndexOf('/') + 1));
}
