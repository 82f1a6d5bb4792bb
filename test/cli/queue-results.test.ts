import { expect, test } from 'vitest';
import { parseMetricName, readResults } from '../../src/cli/queue/read-results.ts';
import { renderResults, renderResultsCsv } from '../../src/cli/render/results.ts';
import type { NewEntry } from '../../src/store/queue-records.ts';
import type { Store } from '../../src/store/store.ts';
import { lease, setup } from '../store/setup.ts';
import { batch, event, newRun, sample, samples } from '../store/shapes.ts';
import { makeEntry } from '../support/queue-entry.ts';

const loss = parseMetricName('training.loss');
const plain = { paint: (_: unknown, text: string) => text, width: null } as unknown as Parameters<typeof renderResults>[1];

/** An entry whose runs have had these losses, a step each. */
function addRuns(store: Store, id: string, losses: number[][], params: Record<string, string>): void {
  store.addEntries([
    {
      ...makeEntry({ id, name: `trm lr=${params['lr'] ?? ''} on tpu1`, params }),
      asked: '{}',
      state: 'waiting',
    } satisfies NewEntry,
  ]);
  for (const [index, values] of losses.entries()) {
    const run = `${id}-${index}`;
    store.createRun(newRun(run), event('created'));
    store.startEntry(id, run, { reason: null, yieldsAt: null, at: 0 });
    const rows = values.map((value, step) => ({ ...sample(step, { loss: value }), step: index * 10 + step }));
    store.recordBatch(lease(store, run), batch({ samples: [samples(rows)] }));
    store.changeEntry(id, { from: ['running'], to: 'waiting', reason: null, at: 0 });
  }
}

test('the best is found over all runs of an entry, and stands first; what has no value stands last', () => {
  const { store } = setup();
  addRuns(store, 'one', [[0.9, 0.5]], { lr: '1' });
  addRuns(store, 'two', [[0.8, 0.3], [0.4]], { lr: '2' });
  addRuns(store, 'none', [], { lr: '3' });
  const entries = store.listEntries(null);
  const least = readResults(store, entries, loss, 'min');
  expect(least.best).toBe('two');
  expect(least.rows.map(({ entry, best, bestStep, last }) => [entry, best, bestStep, last])).toEqual([
    ['two', 0.3, 1, 0.4],
    ['one', 0.5, 1, 0.5],
    ['none', null, null, null],
  ]);
  expect(readResults(store, entries, loss, 'max').best).toBe('one');
  expect(readResults(store, entries, null, 'min')).toMatchObject({ best: null, metric: null });
  expect(renderResults(least, plain).at(-1)).toBe('best training.loss (min): trm lr=2 on tpu1, 0.3');
  const misspelt = readResults(store, entries, parseMetricName('training.lss'), 'min');
  expect(renderResults(misspelt, plain).at(-1)).toContain('no run has a number called "training.lss" yet');
  expect(renderResultsCsv(least).slice(0, 2)).toEqual([
    'entry,name,point,host,state,run,seconds,best,bestStep,last,params.lr',
    'two,trm lr=2 on tpu1,,tpu1,waiting,two-1,,0.3,1,0.4,2',
  ]);
});

test('what names no column of a source is refused', () => {
  for (const text of ['loss', 'a.b.c', '.loss', 'training.'])
    expect(() => parseMetricName(text)).toThrow('--metric: expected SOURCE.COLUMN like training.loss');
});
