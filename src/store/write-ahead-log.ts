import { FleetError } from '../errors.ts';
import { busyTimeoutMs, type Connection } from './connection.ts';

const pauseMs = 10;

/**
 * Readers and the one writer then do not wait for each other; the mode is recorded in the file. While another process makes the same change SQLite
 * answers "busy" at once, without the wait that it makes elsewhere.
 */
export function useWriteAheadLog(connection: Connection): void {
  const giveUpAt = performance.now() + busyTimeoutMs;
  while (connection.readPragma('journal_mode') !== 'wal') {
    try {
      connection.readPragma('journal_mode = WAL');
    } catch (error) {
      const isBusy = error instanceof FleetError && error.code === 'store-busy';
      if (!isBusy || performance.now() > giveUpAt) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
    }
  }
}
