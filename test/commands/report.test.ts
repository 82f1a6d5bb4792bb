import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../support/built-fleet.ts';
import { finish, recordTraining, start, type Seed } from '../support/seeded-store.ts';
import { useBuiltFleet } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();

/** A run that has ended, with something of everything in it; hosts say what they like. */
function seedRun({ store, addRun }: Seed): void {
  const lease = addRun({ id: 'reportaaaa' });
  start(store, lease);
  recordTraining(store, lease, 3);
  const at = Date.now();
  store.recordEvent(lease, { at, kind: 'flag', text: '<script>alert("x")</script>|x|\u001b[31m' });
  const ending = { exitCode: 134, failure: 'rocm-fault', text: 'exit 134' };
  const first = { attempt: 1, profile: 'gpu', degraded: false, because: null, checkpoint: null, begunAt: at };
  store.recordTry(lease, { ...first, endedAt: at, lastStep: 7, ending });
  store.planDuties(lease, [{ position: 0, name: 'look at it', due: 'at the end', dueAt: null }]);
  store.recordFacts('prime1', 0, JSON.stringify({ hostname: 'prime1', accelerators: { kind: 'none' } }), at);
  finish(store, lease, 'succeeded', null);
}

/** The names of elements that are open when a page ends, or closed where another is open. */
function findUnbalanced(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, closing, name = '', rest = ''] of page.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|[^">])*)>/gi)) {
    if (rest.endsWith('/') || name === 'meta') continue;
    if (closing === '') open.push(name);
    else if (open.pop() !== name) wrong.push(name);
  }
  return [...wrong, ...open];
}

describe('fleet report', () => {
  it(
    'writes Markdown that begins with what was expected beside what came, and holds nothing that could become markup',
    inWorkplace(async ({ run, folder, ...seed }) => {
      seedRun(seed);
      const file = join(folder, 'report.md');
      expect(await run('report', 'report', '-o', file)).toEqual({ code: 0, stdout: '', stderr: '' });
      const text = await readFile(file, 'utf8');
      expect(text).toMatch(/^# prod-50k on prime1: succeeded\n\n## Expected against actual\n/);
      expect(text).toContain('| throughput | violated | red | \\>= 39 | 12 | too slow |');
      expect(text).toContain('| 1 | gpu |');
      expect(text).toContain('| look at it | at the end | waiting |');
      expect(text).toMatch(/^- training\.loss \(usually 1\.\.2\): worker 0: /m);
      expect(text).toContain('| NCCL\\_DEBUG | INFO |');
      expect(text).toContain('| HF\\_TOKEN | not shown |');
      expect(text).toContain('| API | not shown |');
      expect(text).not.toMatch(/[^\\]<script|\u001b/);
    }),
  );

  it(
    'writes a page that is whole, asks nobody for anything, and shows what a host has said as text',
    inWorkplace(async ({ run, folder, ...seed }) => {
      seedRun(seed);
      const file = join(folder, 'report.html');
      expect(await run('report', 'report', '-o', file)).toEqual({ code: 0, stdout: '', stderr: '' });
      const page = await readFile(file, 'utf8');
      expect(findUnbalanced(page)).toEqual([]);
      expect(page).not.toMatch(/https?:|\bsrc=|\burl\(|@import|<script|<link|\son\w+=|\u001b/);
      expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;');
      expect(page).toContain('<td class="bad">violated</td>');
      expect(page).toMatch(/<svg [^]*<polyline points="[\d. ,]+"/);
      expect(page).not.toContain('plain');
    }),
  );

  it(
    'gives the same as JSON, and says where a report could not be written',
    inWorkplace(async ({ run, folder, ...seed }) => {
      seedRun(seed);
      expect(readDocument(await run('report', 'report', '--format', 'json'))).toMatchObject({
        run: { id: 'reportaaaa', attempts: [{ profile: 'gpu', lastStep: 7 }] },
        plots: [{ name: 'training.loss', over: 'steps', lines: [{ name: 'worker 0' }] }],
        environment: [{ name: 'NCCL_DEBUG', value: 'INFO' }, { name: 'HF_TOKEN', value: null }, { value: null }],
      });
      const unwritable = await run('report', 'report', '-o', join(folder, 'missing', 'report.md'), '--json');
      expect(unwritable.code).toBe(1);
      expect(readDocument(unwritable)).toMatchObject({ error: { code: 'cannot-write' } });
    }),
  );
});
