import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, readProc } from './local-host.ts';
import { readIfThere } from './person.ts';

/** Where the pretend production run of an embedded host writes. */
export const outDir = 'nsa-vibe/artifacts/m7c_125m_2xa100_prod';

/** How often the trainer was started since the files were last put away. */
export function countTrainers(hostHome: string): number {
  const records = readIfThere(join(hostHome, outDir, 'heartbeat_rank0.jsonl'))
    .trim()
    .split('\n');
  return records.filter((line) => line.includes('"boot"')).length;
}

/** `step,loss,lr,toks_per_s` a row, as numbers; nan is null, as fleet stores it. */
export function readTrainingFile(hostHome: string): (number | null)[][] {
  const lines = readFileSync(join(hostHome, outDir, 'training.csv'), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => line.split(',').map((cell) => (cell === 'nan' ? null : Number(cell))));
}

interface TrainingRow {
  step: number;
  loss: number | null;
  lr: number | null;
  toks_per_s: number | null;
}

/** The same of `fleet metrics --source training --json`. */
export function rowsOf(document: Record<string, unknown>): (number | null)[][] {
  return (document['rows'] as TrainingRow[]).map(({ step, loss, lr, toks_per_s }) => [step, loss, lr, toks_per_s]);
}

/** Live processes that carry this run's id. */
export function processesOf(run: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isAlive(pid) && readProc(pid, 'environ').split('\0').includes(`FLEET_RUN_ID=${run}`));
}
