import { makePlan, type Plan } from '../engine/plan.ts';
import { requireSecrets, resolveEnvironment } from '../engine/secrets.ts';
import { usageError } from '../errors.ts';
import { findPlaybook, playbookFolders } from '../playbook/find-playbook.ts';
import { readPlaybook, type Playbook } from '../playbook/read-playbook.ts';
import { resolvePlaybook } from '../playbook/resolve-playbook.ts';
import { FilesHaveErrors } from '../problem.ts';
import type { Context } from './context.ts';

export interface PlanWish {
  kind: Plan['kind'];
  playbook: string;
  host: string;
  /** `name=value`, as typed. */
  set: readonly string[];
}

/** One plan for each host that the pattern names. Nothing is touched, and no secret value is read into a plan. */
export async function planRuns(context: Context, wish: PlanWish): Promise<Plan[]> {
  const set = readSettings(wish.set);
  const playbook = openPlaybook(findPlaybook(wish.playbook, playbookFolders(context.environment)));
  const hosts = await context.selectHosts(wish.host);
  return hosts.map((host) => {
    const { resolved, problems } = resolvePlaybook(playbook, { set, host: host.params });
    if (resolved === null) throw new FilesHaveErrors(problems);
    const plan = makePlan(wish.kind, resolved, host);
    requireSecrets(resolveEnvironment(resolved.env, context.environment));
    return plan;
  });
}

function openPlaybook(file: string): Playbook {
  const { playbook, problems } = readPlaybook(file);
  if (playbook === null) throw new FilesHaveErrors(problems);
  return playbook;
}

function readSettings(words: readonly string[]): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals <= 0) throw usageError('usage', `--set: expected NAME=VALUE, got "${word}"`);
    const name = word.slice(0, equals);
    if (Object.hasOwn(settings, name)) throw usageError('usage', `--set: "${name}" is given twice`);
    settings[name] = word.slice(equals + 1);
  }
  return settings;
}
