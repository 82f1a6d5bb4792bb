import { findRequirementNames } from '../engine/preflight/requirements.ts';
import type { PlannedWaiver } from '../engine/plan.ts';
import { usageError } from '../errors.ts';
import { suggestName } from '../language/check-schema.ts';
import { sourceEntries } from '../playbook/entries/source-entry.ts';
import type { ResolvedPlaybook } from '../playbook/playbook.ts';
import { splitAtName } from './answers.ts';

/** `CHECK=REASON`, as typed: the failures that a person lets pass, each with why. */
export function readWaivers(
  words: readonly string[],
  playbook: ResolvedPlaybook,
  stamp: { by: string; at: number },
): PlannedWaiver[] {
  const names = listWaivable(playbook);
  const actions = playbook.prepare.filter(({ kind }) => kind === 'action').map(({ name }) => name);
  const waivers = new Map<string, PlannedWaiver>();
  for (const word of words) {
    const { name, rest } = splitAtName(word, [...names, ...actions], '--waive', 'CHECK=REASON');
    const called = JSON.stringify(name);
    if (actions.includes(name))
      throw usageError('usage', `--waive: ${called} changes the host: it must be done, and cannot be waived`);
    if (!names.includes(name)) {
      const nearest = suggestName(name, names);
      throw usageError('usage', `--waive: no check that can be waived is called ${called}`, [
        ...(nearest === null ? [] : [nearest]),
        `those that can: ${names.join(', ')}`,
      ]);
    }
    if (names.filter((one) => one === name).length > 1) {
      throw usageError('usage', `--waive: a requirement and a check of the playbook are both called ${called}: rename the check`);
    }
    if (rest === '')
      throw usageError('usage', `--waive: ${called} needs a reason: --waive ${called}="why it may be passed over"`);
    if (waivers.has(name)) throw usageError('usage', `--waive: ${called} is waived twice`);
    waivers.set(name, { check: name, reason: rest, ...stamp });
  }
  return [...waivers.values()];
}

function listWaivable(playbook: ResolvedPlaybook): string[] {
  const checks = [...sourceEntries(playbook), ...playbook.prepare, ...playbook.validate].filter(({ kind }) => kind === 'check');
  return [...findRequirementNames(playbook), ...checks.map(({ name }) => name)];
}
