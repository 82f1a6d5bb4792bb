import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../support/built-fleet.ts';
import { finish, recordTraining, start } from '../support/seeded-store.ts';
import { useBuiltFleet } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();

describe('fleet report', () => {
  it(
    'writes Markdown with names of variables and no value, and nothing that could become markup',
    inWorkplace(async ({ store, addRun, run, folder }) => {
      const lease = addRun({ id: 'reportaaaa' });
      start(store, lease);
      recordTraining(store, lease, 3);
      store.recordEvent(lease, { at: Date.now(), kind: 'flag', text: '<script>|x|\u001b[31m' });
      finish(store, lease, 'succeeded', null);
      const file = join(folder, 'report.md');
      const answered = await run('report', 'report', '-o', file);
      expect(answered).toEqual({ code: 0, stdout: '', stderr: '' });
      const text = await readFile(file, 'utf8');
      expect(text).toMatch(/^# prod-50k on prime1: succeeded$/m);
      expect(text).toContain('- NCCL\\_DEBUG');
      expect(text).toContain('| throughput | violated | red | \\>= 39 | 12 | too slow |');
      expect(text).not.toMatch(/[^\\]<script|\u001b/);
    }),
  );

  it(
    'answers "not yet" to a page, and says where a report could not be written',
    inWorkplace(async ({ addRun, run, folder }) => {
      addRun({ id: 'reportaaaa' });
      expect((await run('report', 'report', '--format', 'html')).code).toBe(2);
      const unwritable = await run('report', 'report', '-o', join(folder, 'missing', 'report.md'), '--json');
      expect(unwritable.code).toBe(1);
      expect(readDocument(unwritable)).toMatchObject({ error: { code: 'cannot-write' } });
    }),
  );
});
