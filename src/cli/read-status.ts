import { momentOf } from '../clock.ts';
import { readPlan } from '../engine/read-plan.ts';
import { hostOf } from '../language/place.ts';
import { isResult } from '../lifecycle/states.ts';
import { readRunDocument, type RunDocument } from '../store/run-document.ts';
import type { EventRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './context.ts';
import { findRun } from './find-run.ts';
import { readLastEvents } from './follow-run.ts';
import { readQueueStatus, type QueueStatus } from './queue/queue-status.ts';

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
  /** Which metric of its checkpoints is the best. */
  bestMode: 'min' | 'max' | null;
  stateDisk: StateDisk | null;
  queue: QueueStatus | null;
}

/** The disk of the state folder: while it is full nothing can be stored, and what is shown is old. Null when nothing is stored yet. */
interface StateDisk {
  folder: string;
  full: boolean;
  freeBytes: number;
}

export async function readStatus(context: Context, question: StatusQuestion): Promise<Status> {
  if (question.run !== undefined) return readOne(context, question.run);
  const store = await context.openStoreToLook();
  if (store === null) return { runs: [], events: [], bestMode: null, stateDisk: null, queue: null };
  const moment = momentOf(context.clock);
  const runs = store.snapshot(() =>
    store.listRuns(question.all ? null : moment.now - recentMs).map((run) => readRunDocument(store, run, moment)),
  );
  const stateDisk = readStateDisk(context, store);
  const queue = readQueueStatus(store, moment);
  if (question.host === undefined) return { runs, events: [], bestMode: null, stateDisk, queue };
  const hosts = await selectNames(context, question.host, runs);
  return {
    runs: runs.filter((run) => run.workers.some(({ host }) => hosts.has(host) || hosts.has(hostOf(host)))),
    events: [],
    bestMode: null,
    stateDisk,
    queue,
  };
}

export function isOver(status: Status): boolean {
  return status.runs.every((run) => isResult(run.state));
}

async function readOne(context: Context, prefix: string): Promise<Status> {
  const { store, run } = await findRun(context, prefix);
  const moment = momentOf(context.clock);
  const runs = [readRunDocument(store, run, moment)];
  const isRanked = runs.some(({ checkpoints }) => checkpoints.some(({ metric }) => metric !== null));
  const bestMode = isRanked ? (readPlan(run.plan).playbook.monitor?.checkpoints?.best?.mode ?? null) : null;
  const events = readLastEvents(store, run.id, shownEvents);
  return { runs, events, bestMode, stateDisk: readStateDisk(context, store), queue: readQueueStatus(store, moment) };
}

function readStateDisk({ stateDir }: Context, store: Store): StateDisk | null {
  const room = store.readRoom();
  return room === null ? null : { folder: stateDir, ...room };
}

/** A host that the runs name needs no inventory: it may have left it. */
async function selectNames(context: Context, pattern: string, runs: RunDocument[]): Promise<Set<string>> {
  if (runs.some((run) => run.workers.some((worker) => [worker.host, hostOf(worker.host)].includes(pattern))))
    return new Set([pattern]);
  const hosts = await context.selectPlaces(pattern);
  return new Set(hosts.map((host) => host.name));
}
