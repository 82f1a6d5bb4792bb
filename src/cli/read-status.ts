import { momentOf } from '../clock.ts';
import { isResult } from '../lifecycle/states.ts';
import { readRunDocument, type RunDocument } from '../store/run-document.ts';
import type { EventRecord } from '../store/store.ts';
import type { Context } from './context.ts';
import { findRun } from './find-run.ts';
import { readLastEvents } from './follow-run.ts';

const recentMs = 24 * 60 * 60 * 1000;
const shownEvents = 10;

export interface StatusQuestion {
  run: string | undefined;
  /** Host pattern. */
  host: string | undefined;
  all: boolean;
}

/** `events` are the last ones of the one run asked about. */
export interface Status {
  runs: RunDocument[];
  events: EventRecord[];
}

export async function readStatus(context: Context, question: StatusQuestion): Promise<Status> {
  if (question.run !== undefined) return readOne(context, question.run);
  const store = await context.openStoreToLook();
  if (store === null) return { runs: [], events: [] };
  const moment = momentOf(context.clock);
  const runs = store.snapshot(() =>
    store.listRuns(question.all ? null : moment.now - recentMs).map((run) => readRunDocument(store, run, moment)),
  );
  if (question.host === undefined) return { runs, events: [] };
  const hosts = await selectNames(context, question.host, runs);
  return { runs: runs.filter((run) => run.workers.some((worker) => hosts.has(worker.host))), events: [] };
}

export function isOver(status: Status): boolean {
  return status.runs.every((run) => isResult(run.state));
}

async function readOne(context: Context, prefix: string): Promise<Status> {
  const { store, run } = await findRun(context, prefix);
  return { runs: [readRunDocument(store, run, momentOf(context.clock))], events: readLastEvents(store, run.id, shownEvents) };
}

/** A host that the runs name needs no inventory: it may have left it. */
async function selectNames(context: Context, pattern: string, runs: RunDocument[]): Promise<Set<string>> {
  if (runs.some((run) => run.workers.some((worker) => worker.host === pattern))) return new Set([pattern]);
  const hosts = await context.selectHosts(pattern);
  return new Set(hosts.map((host) => host.name));
}
