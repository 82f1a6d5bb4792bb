import type { Moment } from '../clock.ts';
import { usageError } from '../errors.ts';
import { hostOf } from '../language/place.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './context.ts';
import { findRun } from './find-run.ts';

export interface ChoiceWish {
  /** Prefixes of ids, as typed. */
  prefixes: readonly string[];
  host: string | undefined;
  all: boolean;
}

export interface Choice {
  /** What the command is called, and what it looks for: `halt`, `active`. */
  verb: string;
  kind: string;
  candidates(store: Store): RunRecord[];
}

/** The runs a command is about. Alone, it means the only candidate; of several it wants to be told which. None is an answer: nothing to do. */
export async function chooseRuns(context: Context, choice: Choice, wish: ChoiceWish): Promise<RunRecord[]> {
  if (wish.prefixes.length > 0) {
    if (wish.all || wish.host !== undefined)
      throw usageError('usage', `fleet ${choice.verb}: expected RUN, --host or --all, got several of them`);
    const found = await Promise.all(wish.prefixes.map(async (prefix) => (await findRun(context, prefix)).run));
    return [...new Map(found.map((run) => [run.id, run])).values()];
  }
  const store = await context.openStoreToLook();
  const candidates = store === null ? [] : choice.candidates(store);
  if (wish.host !== undefined) return onHosts(context, store, candidates, wish.host);
  if (wish.all || candidates.length <= 1) return candidates;
  throw usageError(
    'run-ambiguous',
    `${candidates.length} runs are ${choice.kind}: say which, or --all`,
    candidates.map(({ id, playbook, state }) => `fleet ${choice.verb} ${id} (${playbook}, ${state})`),
  );
}

async function onHosts(context: Context, store: Store | null, candidates: RunRecord[], pattern: string): Promise<RunRecord[]> {
  if (store === null) return [];
  const hostsOf = (run: RunRecord) => store.readWorkers(run.id).map(({ host }) => host);
  const known = candidates.flatMap(hostsOf).flatMap((host) => [host, hostOf(host)]);
  const names = known.includes(pattern)
    ? new Set([pattern])
    : new Set((await context.selectPlaces(pattern)).map(({ name }) => name));
  return candidates.filter((run) => hostsOf(run).some((host) => names.has(host) || names.has(hostOf(host))));
}

/** Active runs without a live controller. A blocked one waits for a person, and for nothing that a controller could do. */
export function resumable(moment: Moment): Choice {
  const isInterrupted = ({ id, state }: RunRecord, store: Store) => state !== 'blocked' && store.holder(id, moment) === null;
  const candidates = (store: Store) => store.activeRuns().filter((run) => isInterrupted(run, store));
  return { verb: 'resume', kind: 'interrupted', candidates };
}

export const haltable: Choice = { verb: 'halt', kind: 'active', candidates: (store) => store.activeRuns() };
