import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { readDocument } from '../support/built-fleet.ts';
import { finish, recordTraining, start } from '../support/seeded-store.ts';
import { useBuiltFleet } from '../support/workplace.ts';
import { withClockWrongBy } from '../support/wrong-clock.ts';

const { inWorkplace } = useBuiltFleet();

describe('fleet status', () => {
  it(
    'gives no runs where nothing was stored, and makes no folder',
    inWorkplace(async ({ folder, runWith }) => {
      const nowhere = join(folder, 'nowhere');
      const answered = await runWith({ FLEET_STATE_DIR: nowhere }, 'status', '--json');
      expect(answered).toMatchObject({ code: 0, stderr: '' });
      expect(readDocument(answered)).toEqual({ runs: [], stateDisk: null, queue: null });
      expect(existsSync(nowhere)).toBe(false);
    }),
  );

  it(
    'shows who drives a run, and what to type when nobody does',
    inWorkplace(async ({ store, addRun, run }) => {
      const driven = addRun({ id: 'drivenaaaa' });
      const orphan = addRun({ id: 'orphanaaaa', targets: [{ index: 0, role: 'main', host: 'tpu1', worker: 0, address: null }] });
      start(store, driven);
      start(store, orphan);
      recordTraining(store, driven, 100);
      store.releaseLease(orphan);
      const { code, stdout } = await run('status');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^drivenaaaa +prod-50k +prime1 +running +green +100\/50000 +2\/s +1h +\d+m?s ago +\S+@\S+$/m);
      expect(stdout).toMatch(/^orphanaaaa .*\n {4}nobody drives it; to take it up again: fleet resume orphanaaaa$/m);
      const { runs } = readDocument(await run('status', '--json')) as { runs: { id: string; controller: object | null }[] };
      expect(runs.map(({ id, controller }) => [id, controller === null])).toEqual([
        ['orphanaaaa', true],
        ['drivenaaaa', false],
      ]);
    }),
  );

  it(
    'leaves out what ended more than 24 hours ago, unless asked for all',
    inWorkplace(async ({ store, stateDir, addRun, run }) => {
      const old = addRun({ id: 'oldoldoldo' });
      finish(store, old, 'halted', null, Date.now() - 25 * 3600_000);
      expect(readDocument(await run('status', '--json'))).toMatchObject({
        runs: [],
        stateDisk: { folder: stateDir, full: false },
      });
      expect(readDocument(await run('status', '--json', '--all'))).toMatchObject({
        runs: [{ id: 'oldoldoldo', state: 'halted' }],
      });
    }),
  );

  it(
    'says of a database with a garbled page in its middle what to do',
    inWorkplace(async ({ store, stateDir, addRun, run }) => {
      for (let index = 0; index < 30; index++) store.releaseLease(addRun({ id: `garbled${index}` }));
      store.close();
      const file = join(stateDir, 'fleet.db');
      const bytes = readFileSync(file);
      const page = bytes.indexOf('garbled17');
      writeFileSync(file, bytes.fill(0xa5, page - (page % 4096), page - (page % 4096) + 4096));
      const human = await run('status');
      expect(human.code).toBe(1);
      expect(human.stderr).toContain(`"${file}": not a usable fleet database`);
      expect(human.stderr).toContain('fleet resume --rebuild HOST');
      expect(readDocument(await run('status', '--json'))).toMatchObject({ error: { code: 'corrupt-database' } });
    }),
  );

  for (const hours of [-5, 5]) {
    it(
      `knows whose lease is live on a clock that is wrong by ${hours} hours, and shows no age that cannot be`,
      inWorkplace(async ({ store, addRun, runWith }) => {
        const lease = addRun({ id: 'drivenaaaa', perHour: 3, currency: 'USD' });
        start(store, lease);
        recordTraining(store, lease, 100);
        const { stdout } = await runWith(withClockWrongBy(hours), 'status');
        expect(stdout).toMatch(hours < 0 ? / clock set back +\S+@\S+$/m : / 5h ago +\S+@\S+$/m);
        const { runs } = readDocument(await runWith(withClockWrongBy(hours), 'status', '--json')) as { runs: RunDocument[] };
        expect(runs).toMatchObject([{ id: 'drivenaaaa', driven: true, controller: { pid: process.pid } }]);
        expect(runs[0]?.cost?.spent).toBeCloseTo(hours < 0 ? 0 : 15, 1);
        const details = await runWith(withClockWrongBy(hours), 'status', 'drivenaaaa');
        expect(details.stdout).not.toMatch(/-\d+[a-z]* ago|-\d+\.\d+ USD/);
      }),
    );
  }

  it(
    'takes any unique beginning of an id, and lists the runs of one that is not',
    inWorkplace(async ({ addRun, run }) => {
      addRun({ id: 'abcaaaaaaa' });
      addRun({ id: 'abdaaaaaaa' });
      expect(readDocument(await run('status', 'abc', '--json'))).toMatchObject({ runs: [{ id: 'abcaaaaaaa' }] });
      const ambiguous = await run('status', 'ab', '--json');
      expect(ambiguous.code).toBe(2);
      expect(readDocument(ambiguous)).toMatchObject({ error: { code: 'run-ambiguous' } });
      expect(ambiguous.stdout).toContain('abcaaaaaaa');
      expect(ambiguous.stdout).toContain('abdaaaaaaa');
      const unknown = await run('status', 'zzz', '--json');
      expect(unknown.code).toBe(2);
      expect(readDocument(unknown)).toMatchObject({ error: { code: 'run-not-found' } });
    }),
  );

  it(
    'chooses by host, by group, and by a name that the inventory no longer has',
    inWorkplace(async ({ addRun, run }) => {
      addRun({ id: 'onprime1aa' });
      addRun({ id: 'ongoneaaaa', targets: [{ index: 0, role: 'main', host: 'gone', worker: 0, address: null }] });
      expect(readDocument(await run('status', '--host', '@gpu', '--json'))).toMatchObject({ runs: [{ id: 'onprime1aa' }] });
      expect(readDocument(await run('status', '--host', 'gone', '--json'))).toMatchObject({ runs: [{ id: 'ongoneaaaa' }] });
      const nobody = await run('status', '--host', 'prime2', '--json');
      expect(nobody.code).toBe(2);
      expect(readDocument(nobody)).toMatchObject({ error: { code: 'no-host-matches' } });
    }),
  );

  it(
    'shows criteria with the violated first, and no colour outside a terminal',
    inWorkplace(async ({ store, addRun, run }) => {
      const lease = addRun({ id: 'detailaaaa' });
      start(store, lease);
      recordTraining(store, lease, 3);
      const { stdout } = await run('status', 'detail');
      expect(stdout.indexOf('violated')).toBeLessThan(stdout.indexOf('met '));
      expect(stdout).toContain('too slow');
      expect(stdout).not.toContain('\u001b');
    }),
  );

  it(
    'prints one document a line with --watch, and ends with the run',
    inWorkplace(async ({ store, addRun, run }) => {
      const lease = addRun({ id: 'watchedaaa' });
      start(store, lease);
      const watching = run('status', 'watched', '--watch', '--json');
      finish(store, lease, 'failed', 'exit-status');
      const { code, stdout } = await watching;
      expect(code).toBe(0);
      const documents = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { runs: { state: string }[] });
      expect(documents.at(-1)?.runs[0]?.state).toBe('failed');
    }),
  );

  it(
    'refuses a database of a newer version in one message',
    inWorkplace(async ({ store, run, stateDir }) => {
      store.close();
      const Database = (await import('better-sqlite3')).default;
      const database = new Database(join(stateDir, 'fleet.db'));
      database.pragma('user_version = 999');
      database.close();
      const answered = await run('status', '--json');
      expect(answered).toMatchObject({ code: 1, stderr: '' });
      expect(answered.stdout).toContain('999');
      expect(readDocument(answered)).toHaveProperty('error.code');
    }),
  );
});
