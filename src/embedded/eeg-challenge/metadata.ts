import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemFolders } from '../install-programs.ts';

interface EpochRow {
  epoch: number;
  trainLoss: number;
  validationLoss: number;
  seconds: number;
  checkpoint: string;
}

/** `data/metadata.db` as the trainer keeps it: the end of a run is never written, so every run says "running" for ever. */
export interface Metadata {
  addEpoch(row: EpochRow): void;
}

const database = 'data/metadata.db';

/**
 * Real SQLite, written by the Python of this computer: the pretend one has no sqlite3. Null where the computer has none; nothing is
 * written then.
 */
export function openMetadata(config: Record<string, string | number>): Metadata | null {
  const python = systemFolders.map((folder) => join(folder, 'python3')).find((path) => existsSync(path));
  if (python === undefined) return null;
  const write = (code: string, values: Record<string, unknown>): string | null => {
    const { status, stdout } = spawnSync(python, ['-c', code, database, JSON.stringify(values)], {
      encoding: 'utf8',
      timeout: 10_000,
    });
    return status === 0 ? stdout.trim() : null;
  };
  const run = write(beginRun, { config: JSON.stringify(config), now: new Date().toISOString() });
  if (run === null) return null;
  return { addEpoch: (row) => void write(addEpoch, { ...row, run: Number(run), now: new Date().toISOString() }) };
}

const preamble = `
import json, sqlite3, sys
v = json.loads(sys.argv[2])
db = sqlite3.connect(sys.argv[1], timeout=5)
`;

const beginRun = `${preamble}
db.executescript("""
CREATE TABLE IF NOT EXISTS training_runs (run_id INTEGER PRIMARY KEY AUTOINCREMENT, challenge INTEGER, model_name TEXT, start_time TEXT,
  end_time TEXT, status TEXT, best_val_loss REAL, best_epoch INTEGER, total_epochs INTEGER, config TEXT, notes TEXT);
CREATE TABLE IF NOT EXISTS epoch_history (id INTEGER PRIMARY KEY AUTOINCREMENT, run_id INTEGER, epoch INTEGER, train_loss REAL,
  val_loss REAL, learning_rate REAL, duration_seconds REAL, timestamp TEXT);
CREATE TABLE IF NOT EXISTS model_checkpoints (checkpoint_id INTEGER PRIMARY KEY AUTOINCREMENT, run_id INTEGER, epoch INTEGER,
  val_loss REAL, file_path TEXT, file_size_mb REAL, timestamp TEXT, is_best BOOLEAN);
""")
with db:
    row = db.execute("INSERT INTO training_runs (challenge, model_name, start_time, status, config) VALUES (2, 'EEGNeX_R1R2', ?, 'running', ?)",
                     (v["now"], v["config"]))
print(row.lastrowid)
`;

const addEpoch = `${preamble}
with db:
    db.execute("INSERT INTO epoch_history (run_id, epoch, train_loss, val_loss, learning_rate, duration_seconds, timestamp) VALUES (?, ?, ?, ?, 0.002, ?, ?)",
               (v["run"], v["epoch"], v["trainLoss"], v["validationLoss"], v["seconds"], v["now"]))
    db.execute("INSERT INTO model_checkpoints (run_id, epoch, val_loss, file_path, timestamp, is_best) VALUES (?, ?, ?, ?, ?, 1)",
               (v["run"], v["epoch"], v["validationLoss"], v["checkpoint"], v["now"]))
`;
