import { expect, test } from 'vitest';
import { nameWorker, nameWorkers } from '../../../src/engine/gang/name-workers.ts';

const slice = Array.from({ length: 8 }, (_, worker) => ({ host: 'tpu1', worker }));
const boxes = ['box1', 'box2', 'box3'].map((host) => ({ host, worker: 0 }));
const slices = [...slice, ...slice.map(({ worker }) => ({ host: 'tpu2', worker }))];

test.each([
  [slice, slice[5], 'worker 5'],
  [boxes, boxes[1], 'box2'],
  [slices, slices[11], 'tpu2 worker 3'],
])('a worker is called by what tells it apart (%#)', (targets, target, name) => {
  expect(target === undefined ? null : nameWorker(targets, target)).toBe(name);
});

test.each([
  [[5], 'worker 5'],
  [[0, 1, 2, 3, 4, 6, 7], 'workers 0-4, 6 and 7'],
  [[7, 6], 'workers 6 and 7'],
  [[0, 2, 4], 'workers 0, 2 and 4'],
  [[], 'no worker'],
])('several workers of one host are told in ranges: %j', (numbers, name) => {
  expect(
    nameWorkers(
      slice,
      slice.filter(({ worker }) => numbers.includes(worker)),
    ),
  ).toBe(name);
});

test('several hosts are told by their names', () => {
  expect(nameWorkers(boxes, boxes)).toBe('box1, box2 and box3');
});
