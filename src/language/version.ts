export interface VersionCondition {
  text: string;
  bounds: { operator: '>=' | '<=' | '>' | '<' | '==' | '!='; components: number[] }[];
}

/** `>=3.10`, `>=3.10, <4`, `545` (at least that). Throws a RangeError that says what was expected. */
export function parseVersionCondition(text: string): VersionCondition {
  const bounds = text.split(',').map((part) => {
    const match = /^(?<operator>>=|<=|==|!=|>|<)?\s*(?<version>\d{1,9}(?:\.\d{1,9}){0,7})$/.exec(part.trim());
    if (match === null) throw new RangeError(`expected a version condition such as ">=3.10", got ${JSON.stringify(text)}`);
    const { operator = '>=', version = '' } = match.groups ?? {};
    return { operator: operator as VersionCondition['bounds'][number]['operator'], components: version.split('.').map(Number) };
  });
  return { text, bounds };
}

/**
 * Compares component by component as numbers, missing ones as 0: 3.9 is before 3.10. What follows the numbers (`+cu118`, `rc1`) does not count.
 * Null when no version can be read.
 */
export function satisfiesVersion(condition: VersionCondition, version: string): boolean | null {
  const numbers = /^\s*v?(\d{1,9}(?:\.\d{1,9}){0,15})/.exec(version)?.[1];
  if (numbers === undefined) return null;
  const components = numbers.split('.').map(Number);
  return condition.bounds.every((bound) => holds(bound.operator, compareComponents(components, bound.components)));
}

function compareComponents(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function holds(operator: VersionCondition['bounds'][number]['operator'], comparison: number): boolean {
  switch (operator) {
    case '>=':
      return comparison >= 0;
    case '<=':
      return comparison <= 0;
    case '>':
      return comparison > 0;
    case '<':
      return comparison < 0;
    case '==':
      return comparison === 0;
    case '!=':
      return comparison !== 0;
  }
}
