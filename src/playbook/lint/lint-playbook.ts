import type { Problem } from '../../problem.ts';
import { sortProblems } from '../../yaml.ts';
import type { Scalar } from '../fields.ts';
import { assemblePlaybook, type Playbook } from '../read-playbook.ts';
import { lintBudget } from './budget.ts';
import { lintCheckpoints } from './checkpoints.ts';
import { lintCommands } from './commands.ts';
import { lintCost } from './cost.ts';
import { lintCriteria } from './criteria.ts';
import type { Price, Rule } from './finding.ts';
import { lintGuard } from './guard.ts';
import { lintLaunch } from './launch.ts';
import { lintPatience } from './patience.ts';
import { lintRestart } from './restart.ts';
import { lintSaves } from './saves.ts';
import { lintSecrets } from './secrets.ts';
import { lintVolatile } from './volatile.ts';
import { lintWork } from './work.ts';

const rules: readonly Rule[] = [
  lintWork,
  lintCheckpoints,
  lintBudget,
  lintCost,
  lintCriteria,
  lintVolatile,
  lintCommands,
  lintSecrets,
  lintSaves,
  lintPatience,
  lintLaunch,
  lintRestart,
  lintGuard,
];

export interface LintOptions {
  /** Those that a run would have; the others have their default. */
  params?: Readonly<Record<string, Scalar>>;
  /** Of the host, where one is known. */
  price?: Price | null;
}

/** What is likely not meant, though it can be run: warnings and notes, never errors. */
export function lintPlaybook(playbook: Playbook, { params = {}, price = null }: LintOptions = {}): Problem[] {
  const { document } = playbook;
  const defaults = Object.entries(playbook.params).map(([name, param]) => [name, param.default ?? undefined] as const);
  const values = { ...Object.fromEntries(defaults), ...params };
  const planned = { ...assemblePlaybook(document, values).built, params: values };
  return sortProblems(
    rules.flatMap((rule) =>
      rule(planned, price).map(({ path, message, suggestion, severity }) =>
        document.problem(path, message, { suggestion, severity: severity ?? 'warning' }),
      ),
    ),
  );
}
