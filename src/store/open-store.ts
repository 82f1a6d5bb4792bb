import { dirname } from 'node:path';
import { FleetError } from '../errors.ts';
import { prepareChecks } from './checks.ts';
import { busyTimeoutMs, connect, type Connection } from './connection.ts';
import { connectToCopy } from './copy.ts';
import { prepareAddEvent, prepareEvents } from './events.ts';
import { prepareCheckpoints } from './checkpoints.ts';
import { prepareDaemon } from './daemon.ts';
import { prepareDuties } from './duties.ts';
import { prepareFacts } from './facts.ts';
import { prepareQuarantines } from './quarantines.ts';
import { prepareBatches } from './batches.ts';
import { prepareEntries } from './entries.ts';
import { prepareQueue } from './queue.ts';
import { prepareQueuedEntries } from './queued-entries.ts';
import { prepareRemembered } from './remembered.ts';
import { prepareGuard } from './guard.ts';
import { keepFile } from './kept-files.ts';
import { prepareLeases } from './leases.ts';
import { prepareImports } from './imports.ts';
import { prepareLooks, preparePutStanding } from './looks.ts';
import { checkVersion, migrate } from './migrate.ts';
import { prepareOffsets, preparePutOffset } from './offsets.ts';
import { prepareOutbox } from './outbox.ts';
import { watchPlace } from './place.ts';
import { prepareInsertRun, prepareRuns } from './runs.ts';
import { readRoom } from './room.ts';
import { preparePutSample, prepareSamples } from './samples.ts';
import { prepareSchedules } from './schedules.ts';
import { databaseFile, hasDatabase, prepareStateFolder } from './state-folder.ts';
import type { Store } from './store.ts';
import { preparePutTry, prepareTries } from './tries.ts';
import { prepareTransitions } from './transitions.ts';
import { preparePutWorkerState, prepareWorkers } from './workers.ts';
import { prepareWorkDone } from './work-done.ts';
import { useWriteAheadLog } from './write-ahead-log.ts';

/**
 * Opens what fleet remembers in `stateDir`, made when it is not there; with `create: false` nothing is made and null says that nothing is stored yet.
 * What cannot be used is refused with one FleetError and left as it was. Where the disk is too full even to look, `create: false` gives a copy in memory
 * that cannot be written to.
 */
export function openStore(stateDir: string): Store;
export function openStore(stateDir: string, options: { create: boolean; busyTimeoutMs?: number }): Store | null;
export function openStore(
  stateDir: string,
  options: { create: boolean; busyTimeoutMs?: number } = { create: true },
): Store | null {
  if (!options.create && !hasDatabase(stateDir)) return null;
  prepareStateFolder(stateDir);
  const file = databaseFile(stateDir);
  const busyMs = options.busyTimeoutMs ?? busyTimeoutMs;
  try {
    return openOn(connect(file, busyMs), { isCopy: false });
  } catch (error) {
    const isFull = error instanceof FleetError && error.code === 'disk-full';
    if (options.create || !isFull) throw error;
    return openOn(connectToCopy(file, busyMs), { isCopy: true });
  }
}

function openOn(connection: Connection, { isCopy }: { isCopy: boolean }): Store {
  try {
    checkVersion(connection);
    if (!isCopy) useWriteAheadLog(connection);
    migrate(connection);
    const requirePlace = isCopy ? () => undefined : watchPlace(connection.file);
    return { ...prepareStore(connection), isCopy, requirePlace };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function prepareStore(connection: Connection): Omit<Store, 'isCopy' | 'requirePlace'> {
  const guard = prepareGuard(connection);
  const addEvent = prepareAddEvent(connection);
  const putOffset = preparePutOffset(connection);
  const putTry = preparePutTry(connection);
  const putSample = preparePutSample(connection);
  const putWorkerState = preparePutWorkerState(connection);
  const putStanding = preparePutStanding(connection);
  const insertRun = prepareInsertRun(connection);
  return {
    ...prepareRuns(connection, insertRun, addEvent),
    ...prepareImports(connection, { insertRun, addEvent, putOffset, putTry, putWorkerState, putStanding }),
    ...prepareLeases(connection, guard),
    ...prepareTransitions(connection, guard, addEvent),
    ...prepareWorkers(connection, guard, addEvent, putWorkerState),
    ...prepareEvents(connection, guard, addEvent),
    ...prepareChecks(connection, guard, addEvent),
    ...prepareTries(connection, guard, putTry),
    ...prepareCheckpoints(connection, guard, addEvent),
    ...prepareDuties(connection, guard, addEvent),
    ...prepareLooks(connection, guard, { addEvent, putOffset, putSample, putWorkerState, putStanding }),
    ...prepareOffsets(connection, guard, putOffset),
    ...prepareSamples(connection),
    ...prepareFacts(connection),
    ...prepareQuarantines(connection),
    ...prepareEntries(connection),
    ...prepareQueue(connection),
    ...prepareBatches(connection),
    ...prepareQueuedEntries(connection),
    ...prepareSchedules(connection),
    ...prepareDaemon(connection),
    ...prepareWorkDone(connection),
    ...prepareRemembered(connection, guard),
    outbox: prepareOutbox(connection),
    together: (work) => connection.write(work),
    readRoom: () => readRoom(dirname(connection.file)),
    keepFile: (run, folder, name, bytes) => keepFile(dirname(connection.file), run, folder, name, bytes),
    snapshot: (work) => connection.snapshot(work),
    close: () => {
      connection.close();
    },
  };
}
