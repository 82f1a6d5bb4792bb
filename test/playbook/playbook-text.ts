import { checkPlaybook, type Playbook } from '../../src/playbook/read-playbook.ts';
import { formatProblem } from '../../src/problem.ts';
import { parseYaml } from '../../src/yaml.ts';

/** What a person is told about this text, as the file p.yaml. */
export function tellText(text: string): string[] {
  const { document, problems } = parseYaml('p.yaml', text);
  return (document === null ? problems : checkPlaybook(document, problems).problems).map(formatProblem);
}

/** Throws when the text has problems. */
export function readText(text: string): Playbook {
  const { document, problems } = parseYaml('p.yaml', text);
  const checked = document === null ? { playbook: null, problems } : checkPlaybook(document, problems);
  if (checked.playbook === null) throw new Error(checked.problems.map(formatProblem).join('\n'));
  return checked.playbook;
}
