import { parseVersionCondition, satisfiesVersion } from '../language/version.ts';
import type { Finding } from './requirement-rules.ts';

/** Every version must satisfy the condition. `absent` says why one is not known. */
export function compareVersion(wanted: {
  name: string;
  condition: string;
  versions: readonly (string | null)[];
  hint: string;
  absent?: string | null;
}): Finding {
  const { name, condition: required, versions, hint, absent = null } = wanted;
  const condition = parseVersionCondition(required);
  const known = versions.filter((version) => version !== null);
  const found = known.length === 0 ? null : known.join(', ');
  const verdicts = known.map((version) => satisfiesVersion(condition, version));
  if (verdicts.includes(false)) {
    return { name, result: 'fail', required, found, hint };
  }
  if (verdicts.includes(null)) return { name, result: 'error', required, found, because: 'not a version that can be compared' };
  if (known.length === versions.length && known.length > 0) return { name, result: 'pass', required, found };
  return { name, result: 'error', required, found, because: absent ?? `the version of ${name} is not known` };
}
