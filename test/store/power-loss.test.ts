import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { missingReason } from '../support/local-host.ts';
import { bundleChild, startChild } from './child-process.ts';
import { cutPower, parseRecord, type Chance, type Operation } from './power-cut.ts';
import { makeFolder } from './setup.ts';
import { writesOfARun } from './writes-of-a-run.ts';

const seed = 20260101;
const randomCuts = 4;
const missing = missingReason('gcc');
if (missing !== null) console.warn(`skipping the tests of a power cut: ${missing}`);

/** What a process did to the disk that stored a run from its beginning to its end. */
async function recordWrites(): Promise<{ operations: Operation[]; stateDir: string }> {
  const folder = makeFolder();
  const [library, record, disk] = [join(folder, 'record.so'), join(folder, 'record'), join(folder, 'disk')];
  const stateDir = join(disk, 'state');
  mkdirSync(disk);
  execFileSync('gcc', ['-shared', '-fPIC', '-o', library, resolve('test/store/record-writes.c'), '-ldl']);
  writeFileSync(record, '');
  const preloaded = { LD_PRELOAD: library, FLEET_TEST_RECORD_FOLDER: disk, FLEET_TEST_RECORD_FILE: record };
  const assignments = Object.entries(preloaded).map(([name, value]) => `${name}=${value}`);
  const child = startChild(bundleChild('be-recorded'), [stateDir, record], ['env', ...assignments, process.execPath]);
  expect(await child.ended).toBe(0);
  return { operations: parseRecord(readFileSync(record)), stateDir };
}

/** Everything that is stored, after each step; the first is the store before it was made. */
function readStates(): { states: string[]; durable: boolean[] } {
  const stateDir = join(makeFolder(), 'state');
  const steps = writesOfARun(stateDir);
  const states = steps.map((step) => {
    step.take();
    return readAll(stateDir);
  });
  return { states: [readAll(makeEmptyStore()), ...states], durable: steps.map(({ durability }) => durability === 'now') };
}

function makeEmptyStore(): string {
  const stateDir = join(makeFolder(), 'state');
  openStore(stateDir).close();
  return stateDir;
}

function readAll(stateDir: string): string {
  const database = new Database(join(stateDir, 'fleet.db'), { fileMustExist: true });
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    const tables = database
      .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
      .pluck()
      .all();
    return JSON.stringify(tables.map((table) => [table, database.prepare(`SELECT * FROM ${table}`).raw().all()]));
  } finally {
    database.close();
  }
}

/** As a controller finds it that comes after the power cut. */
function readAfter(files: Map<string, Buffer>, folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [path, content] of files) writeFileSync(join(folder, basename(path)), content);
  openStore(folder).close();
  return readAll(folder);
}

function makeChance(start: number): Chance {
  let state = start;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

describe.skipIf(missing !== null)('a power cut between any two writes', { timeout: 300_000 }, () => {
  test('leaves a store that opens, with a state that there was and all that was promised', async () => {
    const { states, durable } = readStates();
    const { operations, stateDir } = await recordWrites();
    const firstMark = operations.findIndex(({ kind }) => kind === 'mark');
    expect(operations.slice(0, firstMark)).toContainEqual(expect.objectContaining({ kind: 'sync', path: dirname(stateDir) }));

    const folder = join(makeFolder(), 'state');
    const random = makeChance(seed);
    const chances: Chance[] = [() => 0, () => 0.999_999, ...Array.from({ length: randomCuts }, () => random)];
    let [returned, promised, lost] = [0, 0, 0];
    for (const [done, operation] of operations.entries()) {
      if (operation.kind === 'mark') {
        returned += 1;
        if (durable[returned - 1] === true) promised = returned;
      }
      for (const chance of chances) {
        const found = readAfter(cutPower(operations.slice(0, done + 1), stateDir, chance), folder);
        if (!states.slice(promised, returned + 2).includes(found)) {
          const what = states.includes(found) ? `what there was after step ${states.lastIndexOf(found)}` : 'what there never was';
          throw new Error(
            `seed ${seed}, operation ${done}: expected what there was after step ${promised} to ${returned + 1}, got ${what}`,
          );
        }
        lost += Number(found !== states[returned]);
      }
    }
    expect(returned).toBe(durable.length);
    expect(operations.length * chances.length).toBeGreaterThan(1_000);
    expect(lost).toBeGreaterThan(100);
  });
});
