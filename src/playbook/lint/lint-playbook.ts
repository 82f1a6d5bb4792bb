import { formatProblem, type Problem } from '../../problem.ts';
import { sortProblems, type YamlDocument } from '../../yaml.ts';
import type { Scalar } from '../fields.ts';
import { assemblePlaybook, declaredParams, type Playbook } from '../read-playbook.ts';
import { inVariant, type Variant } from '../variant.ts';
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
import { lintSweeps } from './sweeps.ts';
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

export interface LintOptions extends Partial<Variant> {
  /** Those that a run would have; the others have their default. */
  params?: Readonly<Record<string, Scalar>>;
  /** Of the host, where one is known. */
  price?: Price | null;
}

/**
 * What is likely not meant, though it can be run: warnings and notes, never errors. For the profile and the point that a run would have;
 * where they are left out, for each, and of a point only what is not so without it.
 */
export function lintPlaybook(playbook: Playbook, { profile, point, ...options }: LintOptions = {}): Problem[] {
  const { document, profiles } = playbook;
  const every = profiles.length === 0 ? [null] : profiles;
  const lintIn = (one: string | null) =>
    (profile === undefined ? every : [profile]).flatMap((name) => lintVariant(document, { profile: name, point: one }, options));
  if (point !== undefined) return sortProblems(lintIn(point));
  const found = lintIn(null);
  const known = new Set(found.map(formatProblem));
  const ofPoints = Object.keys(playbook.points).flatMap((name) =>
    lintIn(name)
      .filter((problem) => !known.has(formatProblem(problem)))
      .map((problem) => ({ ...problem, message: `${problem.message}, with point "${name}"` })),
  );
  return sortProblems([...found, ...ofPoints, ...lintSweeps(playbook)]);
}

function lintVariant(
  document: YamlDocument,
  variant: Variant,
  { params = {}, price = null }: Omit<LintOptions, keyof Variant>,
): Problem[] {
  const declared = Object.entries(declaredParams(document, variant).params);
  const values = { ...Object.fromEntries(declared.map(([name, param]) => [name, param.default ?? undefined])), ...params };
  const planned = { ...assemblePlaybook(document, values, variant).built, params: values, file: document.file };
  const written = inVariant(document, variant);
  return rules.flatMap((rule) =>
    rule(planned, price).map(({ path, message, suggestion, severity }) =>
      written.problem(path, message, { suggestion, severity: severity ?? 'warning' }),
    ),
  );
}
