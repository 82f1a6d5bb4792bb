const shown = 3;

export function describeNames(names: readonly string[]): string {
  const rest = names.length - shown;
  return `${names
    .slice(0, shown)
    .map((name) => JSON.stringify(name))
    .join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
