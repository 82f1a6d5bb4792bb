import { ownChecks } from '../../lifecycle/own-checks.ts';
import type { ResolvedPlaybook } from '../playbook.ts';
import type { Entry } from './entry.ts';

/** What an entry is when its author says no more than what it does. */
export const plainEntry: Omit<Entry, 'kind' | 'name' | 'deed'> = {
  expectedTimeSeconds: null,
  timeoutSeconds: null,
  severity: 'fail',
  retry: null,
  parallel: false,
  remember: null,
  on: 'all',
  unlessGoesOn: false,
  alike: false,
  requires: null,
  quarantine: null,
  hint: null,
  stage: null,
  line: null,
};

/** The source is a check like any other, and the first one. */
export function sourceEntries({ source }: Pick<ResolvedPlaybook, 'source'>): Entry[] {
  if (source === null) return [];
  const deed = { kind: 'git', path: '.', tag: null, ...source } as const;
  return [{ ...plainEntry, kind: 'check', name: ownChecks.source, deed }];
}
