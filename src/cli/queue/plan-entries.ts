import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Plan } from '../../engine/plan.ts';
import { usageError } from '../../errors.ts';
import { findPlaybook, isPlaybookFile, playbookFolders } from '../../playbook/find-playbook.ts';
import type { Problem } from '../../problem.ts';
import { canGoOn } from '../../queue/night-plan.ts';
import { expandMatrix, nameCombination, type Combination } from '../../queue/matrix.ts';
import type { NewEntry } from '../../store/queue-records.ts';
import { Context } from '../context.ts';
import { planRuns, readSettings } from '../plan-runs.ts';
import type { AddWords } from './add-flags.ts';
import { readAsked, type Asked } from './asked.ts';
import { refuseUnknownCost } from './read-budget.ts';
import { readTerms } from './read-terms.ts';
import { tellLadder, tellSame } from './tell-params.ts';
import { listPoints, type QueuedPoint } from './list-points.ts';

export interface PlannedEntries {
  entries: NewEntry[];
  warnings: Problem[];
  /** What the person should know, a line each. */
  notices: string[];
}

/** The entries that the words ask for: one for each run that each point would make. Every one is planned, so that what is wrong is told now and not at night. */
export async function planEntries(
  context: Context,
  words: AddWords,
  { schedule, folder }: { schedule: string | null; folder: string },
): Promise<PlannedEntries> {
  const file = findFile(context, words.playbook, folder);
  const common = { ...(await readTerms(context, words)), schedule, batch: makeEntryId() };
  const fromWords = readAsked(context, words, { file, folder });
  const fixed = readSettings(words.set ?? []);
  const { matrix = [], include = [], exclude = [] } = words;
  const planned: { entry: NewEntry; plan: Plan; warnings: Problem[] }[] = [];
  for (const point of listPoints(file, words)) {
    const asked = { ...fromWords, runName: point.runName };
    for (const combination of expandMatrix({ matrix, include, exclude })) {
      const params = mergeParams(fixed, combination);
      const { plans, warnings } = await planPoint(context, words, { asked, params, point: point.point });
      for (const plan of plans) refuseSecrets(plan, asked);
      for (const plan of plans)
        planned.push({
          plan,
          entry: { ...common, ...describePlan(plan, words, point, params), asked: JSON.stringify(asked), params },
          warnings,
        });
    }
  }
  const entries = planned.map(({ entry }) => entry);
  refuseUnknownCost(
    planned.map(({ plan }) => plan),
    common.budget,
  );
  return {
    entries: refuseTwice(entries),
    warnings: planned.flatMap(({ warnings }) => warnings),
    notices: [...tellSame(planned), ...tellLadder(planned)],
  };
}

/** The plan of an entry's run, by the files as they are now. */
export async function planPoint(
  context: Context,
  { host }: Pick<AddWords, 'host'>,
  { asked, params, point }: { asked: Asked; params: Combination; point: string | null },
): Promise<{ plans: Plan[]; warnings: Problem[] }> {
  const { environment } = context;
  const { file, today, runName, inventories, profile, answer, waive, yes, observe } = asked;
  const elsewhere = new Context({ environment, inventories });
  const set = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return planRuns(elsewhere, {
    kind: 'launch',
    playbook: file,
    host,
    set,
    profile: profile ?? undefined,
    answer,
    waive,
    yes,
    observe,
    today,
    runName: runName ?? undefined,
    ...(point === null ? {} : { point }),
  });
}

function describePlan(plan: Plan, words: AddWords, { point, runName }: QueuedPoint, params: Combination) {
  const hosts = [...new Set(plan.targets.map(({ host }) => host))];
  const what = [point === null ? plan.playbook.name : `${plan.playbook.name}/${runName ?? point}`, nameCombination(params)];
  const named = what.filter((text) => text !== '').join(' ');
  return {
    id: makeEntryId(),
    name: `${named} on ${hosts.join(',')}`,
    playbook: plan.playbook.name,
    point,
    // With roles, only the words say who plays which.
    host: words.host.includes('=') ? words.host : hosts.join(','),
    hosts,
    canGoOn: canGoOn(plan.playbook),
  };
}

/** Names of files are from the folder in which the words were said. */
function findFile({ environment }: Context, playbook: string, folder: string): string {
  const folders = playbookFolders(environment).map((each) => resolve(folder, each));
  return findPlaybook(isPlaybookFile(playbook) ? resolve(folder, playbook) : playbook, folders);
}

/** The queue keeps what was typed, and a plan has stars where that was the value of a secret. */
function refuseSecrets({ waivers, answers }: Plan, { answer, waive }: Asked): void {
  const kept = [...waivers.map(({ reason }) => reason), ...Object.values(answers).map(({ value }) => String(value))];
  const isTyped = (text: string) => [...answer, ...waive].some((word) => word.includes(text));
  if (!kept.some((text) => text.includes('****') && !isTyped(text))) return;
  throw usageError(
    'secret-typed',
    '--answer, --waive: what is typed holds the value of a secret of the playbook, and the queue would keep it',
  );
}

function mergeParams(fixed: Combination, combination: Combination): Record<string, string> {
  const both = Object.keys(combination).find((name) => Object.hasOwn(fixed, name));
  if (both !== undefined) throw usageError('usage', `"${both}" is given by --set and by the matrix`);
  return { ...fixed, ...combination };
}

function refuseTwice(entries: NewEntry[]): NewEntry[] {
  const names = entries.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return entries;
  throw usageError('point-twice', `the same point comes twice: ${twice}`);
}

const idLetters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Shorter than a run's, so that nobody takes one for the other. */
function makeEntryId(): string {
  return Array.from(randomBytes(6), (byte) => idLetters[byte % idLetters.length]).join('');
}
