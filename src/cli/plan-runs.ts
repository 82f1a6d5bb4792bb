import { describePerson } from '../engine/owner.ts';
import { makePlan, type Decisions, type Plan } from '../engine/plan.ts';
import { requireSecrets, resolveEnvironment } from '../engine/secrets.ts';
import { usageError } from '../errors.ts';
import { findPlaybook, playbookFolders } from '../playbook/find-playbook.ts';
import { lintPlaybook } from '../playbook/lint/lint-playbook.ts';
import type { ResolvedPlaybook } from '../playbook/playbook.ts';
import { readPlaybook, type Playbook } from '../playbook/read-playbook.ts';
import { resolvePlaybook } from '../playbook/resolve-playbook.ts';
import type { Scrubber } from '../scrubber.ts';
import { FilesHaveErrors, formatProblem, type Problem } from '../problem.ts';
import { answerAll, listSignOffs } from './answers.ts';
import { askPerson, canAsk } from './ask-person.ts';
import type { Context } from './context.ts';
import { selectTargets } from './select-targets.ts';
import { readWaivers } from './waivers.ts';

export interface PlanWish {
  kind: Plan['kind'];
  playbook: string;
  host: string;
  /** `name=value`, as typed. */
  set?: readonly string[] | undefined;
  /** `CHECK=REASON`, as typed. */
  waive?: readonly string[] | undefined;
  /** `QUESTION=ANSWER`, as typed. */
  answer?: readonly string[] | undefined;
  yes?: boolean;
  /** Nobody is asked anything, and nothing is missing: the plan is only shown. */
  onlyShow?: boolean;
  /** Whether a person at a terminal may be asked. */
  mayAsk?: boolean;
}

export interface PlannedRuns {
  plans: Plan[];
  /** What is likely not meant, though it can be run. */
  warnings: Problem[];
}

/** One plan for each host that the pattern names. Nothing is touched, and no secret value is read into a plan. */
export async function planRuns(context: Context, wish: PlanWish): Promise<PlannedRuns> {
  const set = readSettings(wish.set ?? []);
  const playbook = openPlaybook(findPlaybook(wish.playbook, playbookFolders(context.environment)));
  const hosts = await selectTargets(context, wish.host);
  const today = localDate(new Date(context.clock.now()));
  const resolved = hosts.map((host) => {
    const { resolved, problems } = resolvePlaybook(playbook, { set, host: host.params, today });
    if (resolved === null) throw new FilesHaveErrors(problems);
    const secrets = resolveEnvironment(resolved.env, context.environment);
    requireSecrets(secrets);
    return { host, playbook: resolved, scrubber: secrets.scrubber };
  });
  const decisions = await readDecisions(context, wish, resolved[0]?.playbook ?? null);
  const plans = resolved.map(({ host, playbook, scrubber }) =>
    makePlan(wish.kind, playbook, host, withoutSecrets(decisions, scrubber)),
  );
  return { plans, warnings: findWarnings(playbook, plans) };
}

/** One person decides for every host of a launch. */
async function readDecisions(context: Context, wish: PlanWish, playbook: ResolvedPlaybook | null): Promise<Decisions> {
  if (playbook === null) return { waivers: [], answers: {} };
  const { readOwner } = await import('../store/owner.ts');
  const stamp = { by: describePerson(readOwner()), at: context.clock.now() };
  const signOffs = listSignOffs(playbook);
  const given = wish.answer ?? [];
  const asked =
    wish.onlyShow === true ? signOffs.filter(({ name }) => given.some((word) => word.startsWith(`${name}=`))) : signOffs;
  const ask = wish.mayAsk === true && canAsk() ? askPerson : null;
  return {
    waivers: readWaivers(wish.waive ?? [], playbook, stamp),
    answers: await answerAll(asked, { given, yes: wish.yes ?? false, ask, stamp }),
  };
}

/** A plan is kept for ever, and on the host too: what a person types holds no secret of the playbook there. */
function withoutSecrets({ waivers, answers }: Decisions, scrubber: Scrubber): Decisions {
  const clean = <T>(value: T) => (typeof value === 'string' ? scrubber.scrubText(value) : value);
  return {
    waivers: waivers.map((waiver) => ({ ...waiver, reason: clean(waiver.reason) })),
    answers: Object.fromEntries(
      Object.entries(answers).map(([name, answer]) => [name, { ...answer, value: clean(answer.value) }] as const),
    ),
  };
}

/** `20261127`, where the person is. */
function localDate(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('');
}

function openPlaybook(file: string): Playbook {
  const { playbook, problems } = readPlaybook(file);
  if (playbook === null) throw new FilesHaveErrors(problems);
  return playbook;
}

/** Each once, though every host has its own params and its own price. */
function findWarnings(playbook: Playbook, plans: readonly Plan[]): Problem[] {
  const found = plans.flatMap(({ playbook: { params }, hosts: [host] }) =>
    lintPlaybook(playbook, { params, price: host?.cost ? { host: host.name, ...host.cost } : null }),
  );
  const warnings = found.filter(({ severity }) => severity === 'warning');
  return [...new Map(warnings.map((problem) => [formatProblem(problem), problem])).values()];
}

function readSettings(words: readonly string[]): Record<string, string> {
  const settings = new Map<string, string>();
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals <= 0) throw usageError('usage', `--set: expected NAME=VALUE, got "${word}"`);
    const name = word.slice(0, equals);
    if (settings.has(name)) throw usageError('usage', `--set: "${name}" is given twice`);
    settings.set(name, word.slice(equals + 1));
  }
  return Object.fromEntries(settings);
}
