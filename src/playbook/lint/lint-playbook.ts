import type { Problem } from '../../problem.ts';
import { sortProblems, type YamlDocument } from '../../yaml.ts';
import type { Scalar } from '../fields.ts';
import { inProfile } from '../profiles.ts';
import { assemblePlaybook, declaredParams, type Playbook } from '../read-playbook.ts';
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
import { lintSends } from './sends.ts';
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
  lintSends,
  lintSaves,
  lintPatience,
  lintLaunch,
  lintRestart,
  lintGuard,
];

export interface LintOptions {
  /** Those that a run would have; the others have their default. */
  params?: Readonly<Record<string, Scalar>>;
  /** The one that a run would have; left out: each. */
  profile?: string | null;
  /** Of the host, where one is known. */
  price?: Price | null;
}

/** What is likely not meant, though it can be run: warnings and notes, never errors. */
export function lintPlaybook(playbook: Playbook, { params = {}, profile, price = null }: LintOptions = {}): Problem[] {
  const every = playbook.profiles.length === 0 ? [null] : playbook.profiles;
  const profiles = profile === undefined ? every : [profile];
  return sortProblems(profiles.flatMap((one) => lintVariant(playbook.document, { params, profile: one, price })));
}

function lintVariant(document: YamlDocument, { params, profile, price }: Required<LintOptions>): Problem[] {
  const declared = Object.entries(declaredParams(document, profile).params);
  const values = { ...Object.fromEntries(declared.map(([name, param]) => [name, param.default ?? undefined])), ...params };
  const planned = { ...assemblePlaybook(document, values, { profile }).built, params: values, file: document.file };
  const variant = inProfile(document, profile);
  return rules.flatMap((rule) =>
    rule(planned, price).map(({ path, message, suggestion, severity }) =>
      variant.problem(path, message, { suggestion, severity: severity ?? 'warning' }),
    ),
  );
}
