import { parseVersionCondition, satisfiesVersion } from '../language/version.ts';
import type { Facts } from './facts.ts';
import type { Verdict } from './requirement-rules.ts';

/** Compared by components: 3.9 is before 3.10, 545 is at least 545.23. `facts` say why a version of an accelerator is not known. */
export function compareVersion(condition: string, version: string | null, what: string, facts: Facts | null): Verdict {
  if (version === null) return unknown(explainMissing(what, facts));
  const holds = satisfiesVersion(parseVersionCondition(condition), version);
  if (holds === null) return { ...unknown('not a version that can be compared'), observed: version };
  return { result: holds ? 'pass' : 'fail', observed: version, message: holds ? null : `install a ${what} that is ${condition}` };
}

export function unknown(message: string): Verdict {
  return { result: 'error', observed: null, message };
}

function explainMissing(what: string, facts: Facts | null): string {
  const answer = facts?.accelerators;
  if (answer?.kind === 'failed') return answer.message;
  if (answer?.kind === 'none' || answer?.kind === 'no-tool')
    return `the version of ${what} is not known: no accelerator is found`;
  return `the version of ${what} is not known`;
}
