import { isDeepStrictEqual } from 'node:util';
import { makePlan, sumCosts, type Asked, type Plan } from '../engine/plan.ts';
import { requireSecrets, resolveEnvironment } from '../engine/secrets.ts';
import { sealPlaybook } from '../engine/sending/seal.ts';
import { usageError } from '../errors.ts';
import { splitPair } from '../language/pair.ts';
import { findPlaybook, playbookFolders } from '../playbook/find-playbook.ts';
import { lintPlaybook } from '../playbook/lint/lint-playbook.ts';
import { readPlaybook, type Playbook } from '../playbook/read-playbook.ts';
import { resolvePlaybook, type VariantWish } from '../playbook/resolve-playbook.ts';
import { FilesHaveErrors, formatProblem, type Problem } from '../problem.ts';
import type { Host } from '../inventory/host.ts';
import { hostOf } from '../language/place.ts';
import type { Scrubber } from '../scrubber.ts';
import type { Context } from './context.ts';
import { readDecisions, withoutSecrets, type DecisionWish } from './read-decisions.ts';
import { selectTargets } from './select-targets.ts';

export interface PlanWish extends DecisionWish {
  kind: Plan['kind'];
  playbook: string;
  host: string;
  /** `name=value`, as typed. */
  set?: readonly string[] | undefined;
  /** Left out: the first one of the playbook. */
  profile?: string | undefined;
  /** Left out: none. */
  point?: string | undefined;
  /** As a sweep calls it. Left out: after the point. */
  runName?: string | undefined;
  /** What `today` is; left out: this day. */
  today?: string | undefined;
}

export interface PlannedRuns {
  plans: Plan[];
  /** What is likely not meant, though it can be run. */
  warnings: Problem[];
}

/** One plan for each host that the pattern names, or one for all of them where the playbook has a gang. Nothing is touched, and no secret value is read into a plan. */
export async function planRuns(context: Context, wish: PlanWish): Promise<PlannedRuns> {
  const set = readSettings(wish.set ?? []);
  const playbook = openPlaybook(findPlaybook(wish.playbook, playbookFolders(context.environment)));
  const hosts = await selectTargets(context, wish.host);
  const today = wish.today ?? localDate(context.clock.now());
  const resolved = hosts.map((host) => {
    const asked = resolveVariant(playbook, {
      set,
      host: host.params,
      today,
      profile: wish.profile ?? null,
      point: wish.point ?? null,
      runName: wish.runName ?? null,
    });
    const env = [...asked.playbook.env, ...(asked.fallback?.env ?? [])];
    const secrets = resolveEnvironment(env, context.environment);
    requireSecrets(secrets);
    return { host, asked, scrubber: secrets.scrubber };
  });
  const decisions = await readDecisions(context, wish, resolved[0]?.asked.playbook ?? null);
  const others = (await context.readInventory()).hosts;
  const plans: Plan[] = [];
  for (const { hosts, asked, scrubber } of formGroups(resolved))
    plans.push(makePlan(wish.kind, await sealProfiles(asked), hosts, withoutSecrets(decisions, scrubber), others));
  return { plans, warnings: findWarnings(playbook, plans) };
}

interface ResolvedHost {
  host: Host;
  asked: Asked;
  scrubber: Scrubber;
}

/** The hosts of each run. A gang has one playbook, so its hosts must agree about the params. */
function formGroups(resolved: readonly ResolvedHost[]): (Omit<ResolvedHost, 'host'> & { hosts: Host[] })[] {
  const [first, ...more] = resolved;
  if (first === undefined || more.length === 0 || !first.asked.playbook.gang)
    return resolved.map(({ host, ...rest }) => ({ ...rest, hosts: [host] }));
  const machines = resolved.map(({ host }) => hostOf(host.name));
  const twice = machines.find((machine, index) => machines.indexOf(machine) !== index);
  if (twice !== undefined)
    throw usageError('gang-on-one-host', `the workers of a gang are machines, and two of them would be slots of ${twice}`, [
      `one slot of ${twice} with all of their accelerators`,
    ]);
  const odd = more.find(({ asked }) => !isDeepStrictEqual(asked, first.asked));
  if (odd === undefined) return [{ hosts: resolved.map(({ host }) => host), asked: first.asked, scrubber: first.scrubber }];
  const names = Object.keys(first.asked.playbook.params).filter(
    (name) => first.asked.playbook.params[name] !== odd.asked.playbook.params[name],
  );
  throw usageError(
    'gang-params-differ',
    `the hosts of a gang have one playbook, and ${first.host.name} and ${odd.host.name} differ in the params ${names.join(', ')}: give them by --set`,
  );
}

/** The playbook in the profile and the point that were asked for, and in the one that it may fall back to. */
function resolveVariant(playbook: Playbook, wish: VariantWish): Asked {
  const { resolved, problems } = resolvePlaybook(playbook, wish);
  if (resolved === null) throw new FilesHaveErrors(problems);
  const change = resolved.fallback?.change ?? null;
  if (change === null || change.from !== resolved.profile) return { playbook: resolved, fallback: null };
  const other = resolvePlaybook(playbook, { ...wish, profile: change.to, isFallback: true });
  if (other.resolved === null) throw new FilesHaveErrors(other.problems);
  return { playbook: resolved, fallback: other.resolved };
}

async function sealProfiles({ playbook, fallback }: Asked): Promise<Asked> {
  return { playbook: await sealPlaybook(playbook), fallback: fallback && (await sealPlaybook(fallback)) };
}

/** `20261127`, where the person is. */
export function localDate(at: number): string {
  const date = new Date(at);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('');
}

function openPlaybook(file: string): Playbook {
  const { playbook, problems } = readPlaybook(file);
  if (playbook === null) throw new FilesHaveErrors(problems);
  return playbook;
}

/** Each once, though every host has its own params and its own price. */
function findWarnings(playbook: Playbook, plans: readonly Plan[]): Problem[] {
  const found = plans.flatMap(({ playbook: planned, fallback, hosts }) =>
    [planned, ...(fallback ? [fallback] : [])].flatMap(({ params, profile = null, point = null }) =>
      lintPlaybook(playbook, { params, profile, point, price: priceOf(hosts) }),
    ),
  );
  const warnings = found.filter(({ severity }) => severity === 'warning');
  return [...new Map(warnings.map((problem) => [formatProblem(problem), problem])).values()];
}

function priceOf(hosts: Plan['hosts']): { host: string; perHour: number; currency: string } | null {
  const cost = sumCosts(hosts);
  return cost === null ? null : { host: hosts.map(({ name }) => name).join(', '), ...cost };
}

export function readSettings(words: readonly string[]): Record<string, string> {
  const settings = new Map<string, string>();
  for (const word of words) {
    const [name, value] = splitPair(word) ?? refuse(word);
    if (settings.has(name)) throw usageError('usage', `--set: "${name}" is given twice`);
    settings.set(name, value);
  }
  return Object.fromEntries(settings);
}

function refuse(word: string): never {
  throw usageError('usage', `--set: expected NAME=VALUE, got "${word}"`);
}
