import { compareAccelerators } from './accelerator-requirements.ts';
import { describeDeclared, type DeclaredRules } from './declared.ts';
import { plainQuestion } from './facts-script.ts';
import type { Facts } from './facts.ts';
import { parseFacts } from './parse-facts.ts';
import { compareHost } from './host-requirements.ts';
import type { Finding, RequirementRow, RequirementRules } from './requirement-rules.ts';

/**
 * One row for each requirement that is stated. What is unknown is an error, never a pass. A row that is not met says side by side what the
 * inventory declares, what is required and what was found, and what to do.
 */
export function compareRequirements(
  rules: RequirementRules,
  facts: Facts,
  declared: DeclaredRules | null = null,
): RequirementRow[] {
  const ofAccelerators = compareAccelerators(rules, facts).map((finding) => toRow(finding, describeDeclared(declared)));
  return [...ofAccelerators, ...compareHost(rules, facts).map((finding) => toRow(finding, null))];
}

/** The names of those rows, which do not depend on what a host has. */
export function listRequirements(rules: RequirementRules): string[] {
  return compareRequirements(rules, parseFacts('', { ...plainQuestion, at: null })).map(({ name }) => name);
}

function toRow({ name, result, required, found, because = null, hint }: Finding, declared: string | null): RequirementRow {
  const row = { name, result, expected: required, observed: found };
  if (result === 'pass') return { ...row, message: because };
  const sides = [...(declared === null ? [] : [`declared ${declared}`]), `required ${required}`, `found ${found ?? 'unknown'}`];
  const rest = [because, hint].filter((text) => text !== null && text !== undefined);
  return { ...row, message: [sides.join(', '), ...rest].join('; ') };
}
