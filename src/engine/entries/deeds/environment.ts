import { quote } from '../../../quoting.ts';
import type { Condition, Deed } from '../../../playbook/entries/entry.ts';
import type { Scalar } from '../../../playbook/fields.ts';
import type { Drive } from '../../drive.ts';
import { judgeConditions } from '../conditions.ts';
import { askCommand } from './run-command.ts';
import type { Result } from './result.ts';

/** What a command of this playbook finds in its environment: of the host, its setup lines, and what the playbook sets. */
export async function checkEnvironment(
  drive: Drive,
  { expect }: Extract<Deed, { kind: 'environment' }>,
  timeoutSeconds: number,
): Promise<Result> {
  const answer = await askCommand(drive, tellVariables(expect), timeoutSeconds);
  const values = readVariables(answer.stdout.toString());
  return judgeConditions(asTexts(expect), (name) => values.get(name));
}

/** "NAME=value" for each that is set, a newline in it as \\001; of those that are only to be there, no value. */
function tellVariables(expect: Readonly<Record<string, Condition>>): string {
  const lines = Object.entries(expect).map(([name, { kind }]) => {
    const value = kind === 'set' ? `\${${name}:+there}` : `$${name}`;
    return `[ -z "\${${name}+x}" ] || { printf '%s=' ${quote(name)}; printf '%s' "${value}" | tr '\\n' '\\001'; echo; }`;
  });
  return lines.join('\n');
}

function readVariables(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const equals = line.indexOf('=');
    if (equals > 0) values.set(line.slice(0, equals), line.slice(equals + 1).replaceAll('\u0001', '\n'));
  }
  return values;
}

/** An environment holds text: `true` in a playbook is the text "true". */
function asTexts(expect: Readonly<Record<string, Condition>>): Record<string, Condition> {
  return Object.fromEntries(Object.entries(expect).map(([name, condition]) => [name, asText(condition)] as const));
}

function asText(condition: Condition): Condition {
  const write = (value: Scalar) => (typeof value === 'boolean' ? String(value) : value);
  if (condition.kind === 'equals') return { ...condition, value: write(condition.value) };
  return condition.kind === 'one-of' ? { ...condition, values: condition.values.map(write) } : condition;
}
