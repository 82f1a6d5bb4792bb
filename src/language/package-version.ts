import { parseVersionCondition, satisfiesVersion } from './version.ts';

/** Whether an installed version of a package will do; null when it cannot be compared. */
export type AcceptsVersion = (version: string) => boolean | null;

/**
 * `any`; bounds such as `>=2.1, <3`; `==2.7.1`, which any build of it meets; `==2.7.1+cu118`, which that build alone meets. Throws a
 * RangeError that says what was expected: a bare number could mean "exactly" or "at least".
 */
export function parsePackageVersion(text: string): AcceptsVersion {
  const trimmed = text.trim();
  if (trimmed === 'any') return () => true;
  const build = /^==\s*(?<version>\d\S*\+\S+)$/.exec(trimmed)?.groups?.['version'];
  if (build !== undefined) return (version) => version === build;
  if (!/^[<>=!]/.test(trimmed)) {
    throw new RangeError(`expected "any" or a condition such as ">=2.1" or "==2.7.1+cu118", got ${JSON.stringify(text)}`);
  }
  const condition = parseVersionCondition(trimmed);
  return (version) => satisfiesVersion(condition, version);
}
