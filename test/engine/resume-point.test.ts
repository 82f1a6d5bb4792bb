import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { chooseResumePoint } from '../../src/engine/checkpoints/resume-point.ts';
import type { CheckpointRules } from '../../src/playbook/monitor/monitor.ts';
import type { CheckpointRecord } from '../../src/store/attempt-records.ts';
import { openLocalHost } from '../support/local-host.ts';
import { checkpoint } from '../store/shapes.ts';

const rules: CheckpointRules = { path: 'out/step_*.pt', every: 100, size: null };
const archive = `PK\u0003\u0004weightsPK\u0005\u0006${'\0'.repeat(18)}`;

/** A host with three whole checkpoints, and the question of what to go on from. */
function setUp(test: TestContext) {
  const host = openLocalHost(test, { shell: 'dash' });
  const fileOf = (step: number) => join(host.home, `out/step_${step}.pt`);
  mkdirSync(join(host.home, 'out'));
  const records = [100, 200, 300].map((step): CheckpointRecord => {
    writeFileSync(fileOf(step), archive);
    return checkpoint({ path: `out/step_${step}.pt`, step, size: archive.length, state: 'complete' });
  });
  const choose = async (known = records, wanted = rules, load?: (record: CheckpointRecord) => Promise<boolean>) => {
    const where = { run: host.run, workdir: '~', session: host, ...(load === undefined ? {} : { load }) };
    return (await chooseResumePoint(wanted, known, where))?.step ?? null;
  };
  return { records, fileOf, choose };
}

it('an attempt goes on from the newest checkpoint that is whole', async (test) => {
  const { choose } = setUp(test);
  expect(await choose()).toBe(300);
});

it('an attempt does not go on from one that was cut off since, written with another size, or removed', async (test) => {
  const { choose, fileOf } = setUp(test);
  truncateSync(fileOf(300), archive.length - 20);
  expect(await choose()).toBe(200);
  writeFileSync(fileOf(200), `${archive}more`);
  expect(await choose()).toBe(100);
  rmSync(fileOf(100));
  expect(await choose()).toBeNull();
});

it('an attempt does not go on from one of the same size that has lost its end', async (test) => {
  const { choose, fileOf } = setUp(test);
  writeFileSync(fileOf(300), archive.replace('PK\u0005\u0006', '\0\0\0\0'));
  expect(await choose()).toBe(200);
});

it('an attempt goes on from one that was loaded alone, where the playbook says how', async (test) => {
  const { choose, records } = setUp(test);
  const loading = { ...rules, loads: { command: 'true', timeLimitSeconds: 1 } };
  const known = records.map((record) => ({ ...record, state: record.step === 100 ? ('valid' as const) : record.state }));
  expect(await choose(known, loading)).toBe(100);
  expect(await choose(records, loading)).toBeNull();
});

it('a run that goes on from an earlier one has its last checkpoints loaded, which that one had no time for, the newest first', async (test) => {
  const { choose, records } = setUp(test);
  const loading = { ...rules, loads: { command: 'true', timeLimitSeconds: 1 } };
  const known = records.map((record) => ({ ...record, state: record.step === 100 ? ('valid' as const) : record.state }));
  const tried: (number | null)[] = [];
  const loads = (works: number) => (record: CheckpointRecord) => {
    tried.push(record.step);
    return Promise.resolve(record.step === works);
  };
  expect(await choose(known, loading, loads(200))).toBe(200);
  expect(await choose(known, loading, loads(0))).toBe(100);
  expect(tried).toEqual([300, 200, 300, 200]);
});
